"""Missing glyphs: a letter that no font has is drawn as a box, and would teach a model to read boxes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from vincicoder.sample import Language, Reason, Rejection
from vincicoder.similarity.structure import commonest_color, levels_off

# Letters of scripts beyond the ones every font has (Latin, Greek, Cyrillic, common signs), and the private
# letters of icon fonts.
_RARE = re.compile(r"[\u0530-\u1dff\u2e80-\ud7ff\ue000-\ufaff\U00010000-\U0010ffff]")
_ESCAPE = re.compile(
    r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|&#x([0-9a-fA-F]{4,6});|&#(\d{4,7});|\\([eEfF][0-9a-fA-F]{3})\b"
)
# Letters that are boxes themselves, or have them.
_BOX_LETTERS = re.compile("[口囗回日曰目国國四西田由甲申固图圖圆園园困围因団圏品吕呂ロㅁ므미마모무]")
# An empty box stands upright (squares are markers, boxes of legends); one with signs in it may be square.
_SIDES = (6, 80)  # pixels, of the height of what is within an empty box, or of the whole of one with signs
_EMPTY_SHAPE = (0.25, 0.9)  # width over height
_SIGNS_SHAPE = (0.5, 1.2)
# The four sides of a box are drawn evenly, its corners too: letters as 0 and D round theirs off.
_EVEN_LEVELS = 48
_INK_LEVELS = 64
# This many boxes of one size can't be chance; code with fewer rare letters needs as many as it has.
_ENOUGH = 3


def missing_glyphs(pixels: NDArray[np.uint8], language: str, code: str) -> Rejection | None:
    """Return a rejection where the code has letters of rarer scripts and the picture boxes, or None.

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
    if boxes < min(_ENOUGH, len(letters)) or boxes <= len(_BOX_LETTERS.findall(code)):
        return None
    shown = "".join(sorted(letters)[:8])
    return Rejection(
        Reason.VERIFY_MISSING_GLYPHS,
        f"{boxes} boxes of one size in the picture; the code has {shown!r}",
        boxes,
        min(_ENOUGH, len(letters)),
    )


def _unescape(groups: tuple[str, ...]) -> str:
    short, long, hexadecimal, decimal, style_sheet = groups
    number = int(decimal) if decimal else int(short or long or hexadecimal or style_sheet, 16)
    return chr(number) if number <= 0x10FFFF else ""


def count_boxes(pixels: NDArray[np.uint8]) -> int:
    """Return how many boxes of one size (to a pixel) there are: empty ones, or ones with signs in them.

    Fonts draw either for letters that they lack: an empty upright box, or one with the letter's number or
    script in it.
    """
    background = commonest_color(pixels)
    far = levels_off(pixels, background)
    ink = far > _INK_LEVELS
    return max(_commonest(_empty_boxes(far, ink)), _commonest(_boxes_with_signs(ink)))


def _empty_boxes(far: NDArray[np.int16], ink: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the sizes of the enclosed, empty rectangles whose outlines are even; neighbours may touch."""
    holes, _ = ndimage.label(~ink)
    for number, place in enumerate(ndimage.find_objects(holes), 1):
        height, width = (part.stop - part.start for part in place)
        if not _fits(width, height, _EMPTY_SHAPE) or width < 3 or not (holes[place] == number).all():
            continue
        top, left = place[0].start - 1, place[1].start - 1
        if top < 0 or left < 0 or top + height + 2 > ink.shape[0] or left + width + 2 > ink.shape[1]:
            continue
        around = far[top : top + height + 2, left : left + width + 2]
        sides = (around[0], around[-1], around[:, 0], around[:, -1])
        if all(np.ptp(side[1:-1]) <= _EVEN_LEVELS for side in sides) and _cornered(around):
            yield width, height


def _cornered(around: NDArray[np.int16]) -> bool:
    """Return whether each corner is as dark as the fainter of its two sides."""
    return all(
        around[row, column]
        >= 0.8 * min(around[row, around.shape[1] // 2], around[around.shape[0] // 2, column])
        for row in (0, -1)
        for column in (0, -1)
    )


def _boxes_with_signs(ink: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the sizes of the closed outlines with something in them; they may stand in a frame."""
    pieces, _ = ndimage.label(ink)
    for number, place in enumerate(ndimage.find_objects(pieces), 1):
        height, width = (part.stop - part.start for part in place)
        if width < 6 or not _fits(width, height, _SIGNS_SHAPE):
            continue
        outline = pieces[place] == number
        sides = (outline[:2], outline[-2:], outline.T[:2], outline.T[-2:])
        inner = ink[place][2:-2, 2:-2]
        if not 0.1 < inner.mean() < 0.8 or any(side.any(axis=0).mean() <= 0.85 for side in sides):
            continue
        # Filled, a box is a full rectangle, but for its corners; a letter is not.
        if ndimage.binary_fill_holes(outline).mean() >= 0.96:
            yield width, height


def _fits(width: int, height: int, shape: tuple[float, float]) -> bool:
    return _SIDES[0] <= height <= _SIDES[1] and shape[0] <= width / height <= shape[1]


def _commonest(boxes: Iterable[tuple[int, int]]) -> int:
    """Return how many boxes there are of the commonest size, a pixel more or less being the same."""
    sizes = Counter(boxes)
    return max(
        (
            sum(sizes[width + x, height + y] for x in (-1, 0, 1) for y in (-1, 0, 1))
            for width, height in list(sizes)
        ),
        default=0,
    )
