"""What copies are made of: the reference as a file, as a table of few colours, as runs."""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
BUDGETS = (28_000, 9_000, 3_000)
"""Characters that a mosaic's program may have: answers longer than the first lose reward by their length."""

_FACTORS = (40, 32, 24, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2)
Run = tuple[int, int, int, int]
"""x, y, length, and the number of the colour."""


@dataclass(frozen=True, slots=True)
class Cheat:
    """A program of a class of cheats, in one of its spellings."""

    kind: str
    spelling: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture made smaller by `factor`, in `colors` (RRGGBB); `table` has the number of each cell's."""

    factor: int
    table: NDArray[np.int64]
    colors: list[str]

    @property
    def width(self) -> int:
        """Cells across."""
        return int(self.table.shape[1])

    @property
    def height(self) -> int:
        """Cells down."""
        return int(self.table.shape[0])

    def runs(self) -> list[Run]:
        """Return the runs of one colour along the rows, but those of the commonest."""
        commonest = int(np.bincount(self.table.ravel()).argmax())
        found: list[Run] = []
        for y, row in enumerate(self.table):
            edges = np.flatnonzero(np.diff(row)) + 1
            starts = [0, *edges.tolist(), len(row)]
            for start, end in itertools.pairwise(starts):
                if row[start] != commonest:
                    found.append((start, y, end - start, int(row[start])))
        return found

    def ground(self) -> str:
        """Return the commonest colour."""
        return self.colors[int(np.bincount(self.table.ravel()).argmax())]


def shrink(pixels: Pixels, factor: int, colors: int = 16) -> Copy:
    """Return a copy of a picture with `factor` pixels a cell and few colours."""
    image = Image.fromarray(pixels)
    size = (max(1, image.width // factor), max(1, image.height // factor))
    small = image.resize(size, Image.Resampling.BOX).quantize(colors, dither=Image.Dither.NONE)
    palette = np.array(small.getpalette()).reshape(-1, 3)
    table = np.asarray(small).astype(np.int64)
    names = ["".join(f"{part:02x}" for part in palette[n]) for n in range(int(table.max()) + 1)]
    return Copy(factor, table, names)


def in_budgets(
    pixels: Pixels, colors: int, write: Callable[[Copy], Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield the name and the program of each spelling, of the finest copy that each budget holds.

    `write` spells one copy in several ways.
    """
    best: dict[tuple[str, int], tuple[int, str]] = {}
    for factor in _FACTORS:
        written = write(shrink(pixels, factor, colors))
        if min(map(len, written.values())) > BUDGETS[0]:
            break
        for name, code in written.items():
            for budget in BUDGETS:
                if len(code) <= budget:
                    best[name, budget] = (factor, code)
    for name, factor, code in dict.fromkeys((name, *found) for (name, _), found in best.items()):
        yield f"{name}_{factor}", code


def encoded(pixels: Pixels, form: str = "PNG", **options: int) -> bytes:
    """Return a picture as a file's bytes."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, form, **options)
    return stream.getvalue()


def flat(pixels: Pixels, most: int = 20_000) -> bytes:
    """Return a picture as a small PNG of 16 colours and at most so many bytes: it looks nearly the same, and
    fits into an answer."""
    for step in range(1, 9):
        stream = io.BytesIO()
        image = Image.fromarray(pixels).reduce(step)
        image.quantize(16, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
        if stream.tell() <= most:
            break
    return stream.getvalue()


def address(pixels: Pixels) -> str:
    """Return a picture as a data address."""
    return f"data:image/png;base64,{base64.b64encode(flat(pixels)).decode()}"
