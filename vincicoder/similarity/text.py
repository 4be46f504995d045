"""How alike the lettering of two pictures is, without reading it.

Blocks of the picture that hold strokes of several directions (letters, digits, marks, corners) are looked
for in the other picture, at the same place give or take a few pixels, by correlation of their brightness.
Straight lines and plain areas are not such blocks, so a changed label is not drowned in the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import sobel

from vincicoder.similarity.compare import resize_picture
from vincicoder.similarity.structure import luma

_BLOCK = 16  # pixels: one or two letters of a chart's labels
_REACH = 4  # pixels that lettering may have moved in each direction
_MOST_PIXELS = 1_000_000
_MOST_BLOCKS = 1500
_SMALLEST_SIDE = _BLOCK + 2 * _REACH
# A block counts where the weaker direction of its gradients (the smaller eigenvalue of the structure tensor,
# Shi & Tomasi 1994) is over this, in squared grey levels a pixel: a thin grey letter on white has about 400.
_MIN_CORNER = 150.0
# Correlation that the best of the shifts reaches by chance between different letters of one size.
_CHANCE = 0.5


def text_similarity(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> float | None:
    """Return how much of each picture's lettering the other has, 0 to 1; None where neither has any.

    Both are uint8 RGB of shape (height, width, 3); the candidate is stretched to the reference's size. The
    result is the harmonic mean of the share of the reference's lettering found in the candidate and the
    share of the candidate's found in the reference.
    """
    first, second = _brightness(reference, candidate)
    wanted, offered = _text_blocks(first), _text_blocks(second)
    if not len(wanted) and not len(offered):
        return None
    if not len(wanted) or not len(offered):
        return 0.0
    recall, precision = _found(first, second, wanted), _found(second, first, offered)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _brightness(
    reference: NDArray[np.uint8], candidate: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the brightness of both at one size of at most a million pixels."""
    height, width = reference.shape[:2]
    scale = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
    size = tuple(max(_SMALLEST_SIDE, round(side * scale)) for side in (width, height))
    return luma(resize_picture(reference, *size)), luma(resize_picture(candidate, *size))


def _text_blocks(grey: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the corners (y, x) of the blocks that hold lettering, shape (n, 2)."""
    down, across = sobel(grey, 0) / 8, sobel(grey, 1) / 8
    rows = (grey.shape[0] - 2 * _REACH) // _BLOCK
    columns = (grey.shape[1] - 2 * _REACH) // _BLOCK
    span = (slice(_REACH, _REACH + rows * _BLOCK), slice(_REACH, _REACH + columns * _BLOCK))

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        blocks = values[span].reshape(rows, _BLOCK, columns, _BLOCK)
        return np.asarray(blocks.mean(axis=(1, 3)), np.float32)

    xx, yy, xy = mean(across * across), mean(down * down), mean(across * down)
    weaker = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    blocks = np.argwhere(weaker > _MIN_CORNER)
    step = -(-len(blocks) // _MOST_BLOCKS)
    return blocks[:: max(step, 1)] * _BLOCK + _REACH


def _found(source: NDArray[np.float32], other: NDArray[np.float32], corners: NDArray[np.int64]) -> float:
    """Return the mean of the best correlations of the source's blocks in the other picture, less chance."""
    inside = np.arange(_BLOCK)
    rows, columns = corners[:, :1] + inside, corners[:, 1:] + inside
    blocks = source[rows[:, :, None], columns[:, None, :]].reshape(len(corners), -1)
    blocks = blocks - blocks.mean(axis=1, keepdims=True)
    blocks /= np.linalg.norm(blocks, axis=1, keepdims=True) + 1e-6
    best = np.full(len(corners), -1.0, np.float32)
    for dy in range(-_REACH, _REACH + 1):
        for dx in range(-_REACH, _REACH + 1):
            window = other[(rows + dy)[:, :, None], (columns + dx)[:, None, :]].reshape(len(corners), -1)
            # The blocks have mean 0, so the window's mean falls out of the product.
            deviation = np.sqrt(np.maximum(window.var(axis=1) * window.shape[1], 1.0))
            np.maximum(best, np.einsum("ij,ij->i", blocks, window) / deviation, out=best)
    return float(np.clip((best - _CHANCE) / (1 - _CHANCE), 0.0, 1.0).mean())
