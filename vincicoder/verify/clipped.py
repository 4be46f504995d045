"""Clipped content: drawing that reaches the picture's border.

Charts, figures and diagrams are drawn with margins, so whatever reaches the border is cut off there: a
long label, a legend outside, an arrow. Pages have bars and columns that are meant to run to the border,
so only short pieces count, as letters and icons leave. SVG drawings fill their frame, or leave it, on
purpose: they cannot be measured.

This is a sign, no reason to reject: see docs/curation.md for how often it is right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vincicoder.sample import Language

# What compression and antialiasing leave around lines is fainter than this.
_INK_LEVELS = 48
# Where more of the border than this is off its commonest colour, a picture fills its frame.
_MOST = 0.2
# Of pages, pieces up to so long count (pixels).
_LONGEST_ON_PAGES = 32


def clipped_share(pixels: NDArray[np.uint8], language: str) -> float | None:
    """Return the share of the border at which content is cut off, 0 to 0.2; None where it cannot be measured.

    `pixels` is uint8 of shape (height, width, 3).
    """
    if language == Language.SVG:
        return None
    sides = [pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]]
    color = _commonest(np.concatenate(sides))
    inked = [_inked(side, color) for side in sides]
    border = sum(side.size for side in inked)
    if sum(int(side.sum()) for side in inked) > _MOST * border:
        return None
    longest = _LONGEST_ON_PAGES if language == Language.HTML else border
    return sum(_in_runs(side, longest) for side in inked) / border


def _commonest(colors: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the commonest colour of shape (n, 3), counted in steps of 8 levels: the median of its step."""
    steps = (colors >> 3).astype(np.int32)
    packed = steps[:, 0] << 10 | steps[:, 1] << 5 | steps[:, 2]
    color: NDArray[np.int16] = np.median(colors[packed == np.bincount(packed).argmax()], axis=0).astype("i2")
    return color


def _inked(side: NDArray[np.uint8], color: NDArray[np.int16]) -> NDArray[np.bool_]:
    far: NDArray[np.bool_] = np.abs(side.astype(np.int16) - color).max(axis=1) > _INK_LEVELS
    return far


def _in_runs(inked: NDArray[np.bool_], longest: int) -> int:
    """Return how many pixels lie in runs of at most `longest`."""
    changes = np.flatnonzero(np.diff(inked, prepend=False, append=False))
    lengths = changes[1::2] - changes[::2]
    return int(lengths[lengths <= longest].sum())
