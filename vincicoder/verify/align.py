"""Aligns two pictures of one drawing, which may differ in scale, margins and what is cut off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.similarity.structure import commonest_color, ink_mask

# What compression leaves around lines is fainter than this; what is drawn faintly at an edge is no loss.
_EDGE_LEVELS = 48
# Both are looked at as grey squares of this side while the boxes are sought.
_LOOK_SIDE = 96
# Each edge of a box may move inwards by these shares of its side, largest first, and this far in all.
_STEPS = (0.02, 0.01, 0.005)
_MOST = 0.04
# A move must lower the mean difference by this much (levels of 255): else noise would move edges.
_GAIN = 0.02

# Left, top, right, bottom, in pixels.
Box = tuple[float, float, float, float]


def align_pictures(own: NDArray[np.uint8], render: NDArray[np.uint8]) -> tuple[Box, Box]:
    """Return the box of each picture, uint8 of shape (height, width, 3), that shows what both show.

    Margins of the commonest colour are cut off both, one or neither, whichever fits best; then edges move
    inwards by up to 4 % where that makes the boxes' contents more alike. Scales are free.
    """
    images = [Image.fromarray(pixels).convert("L") for pixels in (own, render)]
    whole: list[Box] = [(0, 0, image.width, image.height) for image in images]
    inked = [ink_box(pixels) for pixels in (own, render)]
    pairs = [(first, second) for first in (inked[0], whole[0]) for second in (inked[1], whole[1])]
    best = min(dict.fromkeys(pairs), key=lambda pair: _difference(images, pair))
    return _refined(images, best)


def ink_box(pixels: NDArray[np.uint8]) -> Box:
    """Return the box of a picture that is drawn on: without the margins of the commonest colour."""
    ink = ink_mask(pixels, commonest_color(pixels), _EDGE_LEVELS)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return 0, 0, pixels.shape[1], pixels.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _look(image: Image.Image, box: Box) -> NDArray[np.float32]:
    size = (_LOOK_SIDE, _LOOK_SIDE)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box, reducing_gap=2.0), np.float32)


def _difference(images: list[Image.Image], boxes: tuple[Box, Box]) -> float:
    first, second = (_look(image, box) for image, box in zip(images, boxes, strict=True))
    return float(np.abs(first - second).mean())


def _refined(images: list[Image.Image], boxes: tuple[Box, Box]) -> tuple[Box, Box]:
    """Move one edge of one box at a time while that lowers the difference."""
    start = boxes
    looks = [_look(image, box) for image, box in zip(images, boxes, strict=True)]
    least = float(np.abs(looks[0] - looks[1]).mean())
    found = list(boxes)
    for step in _STEPS:
        for which in (0, 1):
            for edge in range(4):
                if least < _GAIN:
                    return found[0], found[1]
                box = _moved(found[which], start[which], edge, step)
                if box is None:
                    continue
                look = _look(images[which], box)
                difference = float(np.abs(look - looks[1 - which]).mean())
                if difference < least - _GAIN:
                    found[which], looks[which], least = box, look, difference
    return found[0], found[1]


def _moved(box: Box, start: Box, edge: int, step: float) -> Box | None:
    """Return the box with an edge moved inwards, or None where it has moved far enough."""
    side = start[2] - start[0] if edge % 2 == 0 else start[3] - start[1]
    edges = list(box)
    edges[edge] += step * side if edge < 2 else -step * side
    too_far = abs(edges[edge] - start[edge]) > _MOST * side + 1e-9
    return None if too_far or side < 16 else (edges[0], edges[1], edges[2], edges[3])
