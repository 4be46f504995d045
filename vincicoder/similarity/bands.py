"""Lays a picture over another of its width, band by band: a part that is missing moves all that is below it.

A band is a run of rows that are not empty, such as a heading, a row of cards or an axis with all that stands
in it. Compared place by place, a page without its second section would have everything after it wrong.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.similarity.structure import INK_LEVELS, commonest_color

_WIDTHS = 0.01  # share by which two widths may differ
_GAP = 6  # empty rows that are still inside of a band: between lines, under a heading's descenders
_MOST_BANDS = 200
_CELLS = (64, 8)  # across and down: how finely two bands are compared
_ALIKE = 0.5  # two bands may be the same from this likeness on
_STEP = 3  # every so many columns are compared
# What a move over the whole height costs; as the published terms, no more than order and place are worth.
_MOVED = 0.3


@dataclass(frozen=True, slots=True)
class Laid:
    """`pixels`: the picture at the other's height; `kept`: 1, less what moving its bands has cost."""

    pixels: NDArray[np.uint8]
    kept: float = 1.0


@dataclass(frozen=True, slots=True)
class _Band:
    top: int
    bottom: int
    cells: NDArray[np.float32]  # how far from the background, (8, 64)

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def ink(self) -> float:
        """How much is drawn in it."""
        return float(self.cells.mean()) * self.height


def lay_over(candidate: NDArray[np.uint8], reference: NDArray[np.uint8]) -> Laid:
    """Return the candidate with each band where the reference has it, both uint8 of (height, width, 3).

    Bands that the reference has not stay below the one before them. A picture of another width is returned
    as it is.
    """
    height, width = reference.shape[:2]
    if abs(candidate.shape[1] - width) > _WIDTHS * width:
        return Laid(candidate)
    if candidate.shape == reference.shape and np.array_equal(candidate, reference):
        return Laid(candidate)
    ground, mine = _bands(candidate)
    _, theirs = _bands(reference)
    if not mine or not theirs or max(len(mine), len(theirs)) > _MOST_BANDS:
        return Laid(candidate)
    places = _match(mine, theirs)
    shifts = _shifts(candidate, reference, mine, {i: theirs[j] for i, j in places.items()})
    if candidate.shape[0] == height and not any(shifts):
        return Laid(candidate)
    sheet = np.empty((height, *candidate.shape[1:]), np.uint8)
    sheet[:] = ground
    end, cost, total = 0, 0.0, 0.0
    for number, (band, shift) in enumerate(zip(mine, shifts, strict=True)):
        later = [mine[n].top + shifts[n] for n in range(number + 1, len(mine)) if n in places]
        top = min(max(band.top + shift, end), height)
        end = max(min([top + band.height, height, *later]), top)
        sheet[top:end] = candidate[band.top : band.top + end - top]
        lost = 1 - (end - top) / band.height
        total += band.ink
        cost += band.ink * max(lost, _MOVED * min(1.0, abs(top - band.top) / height))
    return Laid(sheet, 1 - cost / total if total else 1.0)


def _bands(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], list[_Band]]:
    """Return the background's colour, and the bands from top to bottom."""
    ground = commonest_color(pixels).astype(np.int16)
    far = np.abs(pixels.astype(np.int16) - ground).max(axis=2).astype(np.uint8)
    rows = np.flatnonzero((far > INK_LEVELS).any(axis=1))
    found = []
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > _GAP) + 1) if rows.size else ():
        top, bottom = int(run[0]), int(run[-1]) + 1
        cells = Image.fromarray(far[top:bottom]).resize(_CELLS, Image.Resampling.BOX)
        found.append(_Band(top, bottom, np.asarray(cells, np.float32)))
    return ground.astype(np.uint8), found


def _match(mine: list[_Band], theirs: list[_Band]) -> dict[int, int]:
    """Return which band is which, in order from top to bottom, for the most ink that agrees."""
    worth = np.array([[_worth(one, other) for other in theirs] for one in mine])
    best = np.zeros((len(mine) + 1, len(theirs) + 1))
    for i, j in itertools.product(range(len(mine)), range(len(theirs))):
        best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + worth[i, j])
    places = {}
    i, j = len(mine), len(theirs)
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            places[i] = j
    return places


def _worth(one: _Band, other: _Band) -> float:
    """Return how much it is worth to take two bands for the same, 0 where they are not.

    Half of a row of cards is all in the whole row, and half of that; a frame is all in a filled box, and none
    of that.
    """
    shared = float(np.minimum(one.cells, other.cells).sum())
    inside = shared / max(float(one.cells.sum()), 1.0)
    joint = shared / max(float(np.maximum(one.cells, other.cells).sum()), 1.0)
    return one.ink * max((inside + joint) / 2 - _ALIKE, 0.0)


def _shifts(
    candidate: NDArray[np.uint8], reference: NDArray[np.uint8], mine: list[_Band], places: dict[int, _Band]
) -> list[int]:
    """Return by how many rows each band moves: to where its like is, by top or bottom, if it agrees there
    more than where it is; others follow the band before them."""
    found, last = [], 0
    for number, band in enumerate(mine):
        like = places.get(number)
        if like is not None:
            tried = (0, like.top - band.top, like.bottom - band.bottom)
            last = min(tried, key=lambda shift: (_apart(candidate, reference, band, shift), abs(shift)))
        found.append(last)
    return found


def _apart(candidate: NDArray[np.uint8], reference: NDArray[np.uint8], band: _Band, shift: int) -> float:
    """Return how far a band is from what the reference has at that place, as a mean of levels."""
    rows = reference[max(band.top + shift, 0) : band.bottom + shift]
    if len(rows) != band.height:
        return np.inf
    width = min(reference.shape[1], candidate.shape[1])
    own = candidate[band.top : band.bottom, :width:_STEP].astype(np.int16)
    return float(np.abs(own - rows[:, :width:_STEP]).mean())
