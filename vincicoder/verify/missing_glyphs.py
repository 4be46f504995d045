"""Missing glyphs: letters that no font here has are drawn as boxes, and teach a model to read boxes."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from vincicoder.sample import Language, Reason, Rejection
from vincicoder.similarity.structure import commonest_color, ink_mask

# Letters of scripts beyond the ones every font has (Latin, Greek, Cyrillic, common signs).
_RARE = re.compile(r"[\u0530-\u1dff\u2e80-\ud7ff\uf900-\ufaff\U00010000-\U0010ffff]")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|&#x([0-9a-fA-F]{4,6});|&#(\d{4,7});")
# The box of a missing glyph in common fonts stands upright; squares are markers, boxes of legends or letters.
_SIDES = (5, 80)  # pixels, of the longer side
_SHAPE = (0.4, 0.9)  # width over height
# This many boxes of one size can't be chance; code with fewer rare letters needs as many as it has.
_ENOUGH = 3


def missing_glyphs(pixels: NDArray[np.uint8], language: str, code: str) -> Rejection | None:
    """Return a rejection where the code has letters of rarer scripts and the picture upright boxes, or None.

    Both are needed: boxes alone may be drawn, and letters alone may have found a font.
    `pixels` is uint8 of shape (height, width, 3).
    """
    if language == Language.LATEX or (code.isascii() and "\\" not in code and "&#" not in code):
        return None  # TeX leaves out what a font lacks
    letters = set(_RARE.findall(code)) | {
        letter for letter in map(_unescape, _ESCAPE.findall(code)) if _RARE.match(letter)
    }
    if not letters:
        return None
    boxes = count_boxes(pixels)
    if boxes < min(_ENOUGH, len(letters)):
        return None
    shown = "".join(sorted(letters)[:8])
    return Rejection(
        Reason.VERIFY_MISSING_GLYPHS, f"{boxes} boxes of one size in the picture; the code has {shown!r}"
    )


def _unescape(groups: tuple[str, ...]) -> str:
    short, long, hexadecimal, decimal = groups
    number = int(decimal) if decimal else int(short or long or hexadecimal, 16)
    return chr(number) if number <= 0x10FFFF else ""


def count_boxes(pixels: NDArray[np.uint8]) -> int:
    """Return how many upright, closed, thin-lined boxes of one size (to a pixel) there are."""
    ink = ink_mask(pixels, commonest_color(pixels), levels=64)
    labels, _ = ndimage.label(ink, np.ones((3, 3)))
    sizes: Counter[tuple[int, int]] = Counter()
    for number, place in enumerate(ndimage.find_objects(labels), 1):
        height, width = (part.stop - part.start for part in place)
        upright = _SIDES[0] <= height <= _SIDES[1] and _SHAPE[0] <= width / height <= _SHAPE[1]
        if upright and _is_frame(labels[place] == number):
            sizes[width, height] += 1
    return max(
        (
            sum(sizes[width + x, height + y] for x in (-1, 0, 1) for y in (-1, 0, 1))
            for width, height in list(sizes)
        ),
        default=0,
    )


def _is_frame(piece: NDArray[np.bool_]) -> bool:
    """Tell whether a piece is the outline of its bounding box: all four sides, and nothing within."""
    thick = max(1, round(min(piece.shape) / 5))
    sides = (piece[:thick], piece[-thick:], piece.T[:thick], piece.T[-thick:])
    inner = piece[thick:-thick, thick:-thick]
    return all(bool(side.any(axis=0).mean() > 0.95) for side in sides) and inner.size > 0 and not inner.any()
