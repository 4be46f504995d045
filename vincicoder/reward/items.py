"""What is scored: a response, the picture it should have drawn, and the language it was asked for."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.data_files import unpack_data
from vincicoder.orientation import upright
from vincicoder.picture_errors import why_unreadable
from vincicoder.render.finish import flatten_on_white
from vincicoder.render.registry import ROW_LANGUAGES, language_on, stacks_of

ProgramKey = tuple[str, str, str]
"""The renderer of a language, on the stack of its row (`python-2022`), code in it, and packed data."""

MOST_REFERENCE_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class RewardItem:
    """One response to score.

    `reference` is an encoded image (bytes of a PNG or any format Pillow reads) or the path of one. `language`
    is the row's own, never guessed from a prompt. `ground_truth` is the row's own program, where it is known:
    an answer may be twice as long, and its score falls to 0 at six times. `stack` names the libraries that
    drew the row's picture (`vincicoder.render.stacks`) and draw the answer first, '' for today's. `data` are
    the files that the row's program reads and an answer may (`vincicoder.data_files.pack_data`), '' for none.
    """

    response: str
    reference: bytes | str | Path
    language: str
    ground_truth: str | None = None
    stack: str = ""
    data: str = ""

    @property
    def renderer(self) -> str:
        """The name of what draws the answer: the language's renderer on the row's stack."""
        return language_on(self.language, self.stack)

    def program(self, code: str) -> ProgramKey:
        """Return what is drawn of such code."""
        return (self.renderer, code, self.data)


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """A decoded reference: `pixels` is uint8 (height, width, 3), `sha256` that of the encoded bytes."""

    sha256: str
    pixels: NDArray[np.uint8]


def as_item(row: RewardItem | Mapping[str, Any]) -> RewardItem:
    """Return a checked item. Raises ValueError, TypeError where a field is missing or not usable."""
    if isinstance(row, RewardItem):
        item = row
    else:
        missing = [name for name in ("response", "reference", "language") if row.get(name) is None]
        if missing:
            raise ValueError(
                f"received a row without {', '.join(missing)}; needed are response, reference and language"
            )
        own = row.get("ground_truth")
        item = RewardItem(
            row["response"],
            row["reference"],
            row["language"],
            own if isinstance(own, str) else None,
            row.get("stack") or "",
            row.get("data") or "",
        )
    if not isinstance(item.response, str):
        raise TypeError(f"received a response of type {type(item.response).__name__}; needed is str")
    if not isinstance(item.reference, bytes | str | Path):
        raise TypeError(
            f"received a reference of type {type(item.reference).__name__}; needed are the bytes of an "
            "image file, or its path"
        )
    if item.language not in ROW_LANGUAGES:
        raise ValueError(f"received the language {item.language!r}; there are {', '.join(ROW_LANGUAGES)}")
    unpack_data(item.data)
    stacks = stacks_of(item.language)
    if item.stack and stacks and item.stack not in stacks:
        raise ValueError(
            f"received the stack {item.stack!r}; {item.language} has {', '.join(stacks)}, or '' for today's"
        )
    return item


def read_reference(reference: bytes | str | Path) -> tuple[str, bytes]:
    """Return the sha256 and the bytes of an encoded image. Raises OSError where a file can't be read."""
    data = reference if isinstance(reference, bytes) else Path(reference).read_bytes()
    return hashlib.sha256(data).hexdigest(), data


def decode_reference(sha256: str, data: bytes) -> ReferencePicture:
    """Decode an image, transparency on white, turned as its EXIF says.

    Raises ValueError where it is none, or too large.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_REFERENCE_PIXELS:
                raise ValueError(
                    f"it has {image.width}x{image.height} pixels; at most {MOST_REFERENCE_PIXELS} are allowed"
                )
            return ReferencePicture(sha256, flatten_on_white(upright(image)))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(why_unreadable(error)) from error
