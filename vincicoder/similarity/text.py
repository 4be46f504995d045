"""How similar the lettering of two pictures is, without reading it.

Blocks of the picture that hold strokes of several directions (letters, digits, marks, corners) are looked
for in the other picture, at the same place give or take a few pixels, by correlation of their brightness.
Straight lines and plain areas are not such blocks, so a changed label is not drowned in the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, rfft2

from vincicoder.similarity.compare import resize_picture
from vincicoder.similarity.structure import luma

_BLOCK = 16  # pixels: one or two letters of a chart's labels
_REACH = 4  # pixels that lettering may have moved in each direction
_MOST_PIXELS = 1_000_000
_MOST_BLOCKS = 1500
_REGION = _BLOCK + 2 * _REACH  # what a block may be found in
_SHIFTS = 2 * _REACH + 1
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
    size = tuple(max(_REGION, round(side * scale)) for side in (width, height))
    return luma(resize_picture(reference, *size)), luma(resize_picture(candidate, *size))


def _text_blocks(grey: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the corners (y, x) of the blocks that hold lettering, shape (n, 2)."""
    down, across = _gradients(grey)
    rows = (grey.shape[0] - 2 * _REACH) // _BLOCK
    columns = (grey.shape[1] - 2 * _REACH) // _BLOCK
    first = _REACH - 1  # the gradients have no border
    span = (slice(first, first + rows * _BLOCK), slice(first, first + columns * _BLOCK))

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        strips = values[span].reshape(rows, _BLOCK, columns * _BLOCK).sum(axis=1)
        return np.asarray(strips.reshape(rows, columns, _BLOCK).sum(axis=2) / _BLOCK**2, np.float32)

    xx, yy, xy = mean(across * across), mean(down * down), mean(across * down)
    weaker = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    blocks = np.argwhere(weaker > _MIN_CORNER)
    step = -(-len(blocks) // _MOST_BLOCKS)
    return blocks[:: max(step, 1)] * _BLOCK + _REACH


def _gradients(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return Sobel's gradients down and across, in grey levels a pixel, without the border of one pixel."""
    beside: NDArray[np.float32] = grey[:, :-2] + 2 * grey[:, 1:-1] + grey[:, 2:]
    above: NDArray[np.float32] = grey[:-2] + 2 * grey[1:-1] + grey[2:]
    eighth = np.float32(1 / 8)
    return (beside[2:] - beside[:-2]) * eighth, (above[:, 2:] - above[:, :-2]) * eighth


def _found(source: NDArray[np.float32], other: NDArray[np.float32], corners: NDArray[np.int64]) -> float:
    """Return the mean of the best correlations of the source's blocks in the other picture, less chance."""
    blocks = _cut(source, corners, _BLOCK)
    same = (blocks == _cut(other, corners, _BLOCK)).all(axis=(1, 2))
    moved = corners[~same]
    best = np.ones(len(corners), np.float32)
    if len(moved):
        blocks = blocks[~same]
        blocks -= blocks.mean(axis=(1, 2), keepdims=True)
        blocks /= np.sqrt(np.square(blocks).sum(axis=(1, 2), keepdims=True)) + 1e-6
        regions = _cut(other, moved - _REACH, _REGION)
        # The blocks have mean 0, so the window's mean falls out of the product.
        best[~same] = (_products(blocks, regions) / _deviations(regions)).max(axis=(1, 2))
    return float(np.clip((best - _CHANCE) / (1 - _CHANCE), 0.0, 1.0).mean())


def _cut(grey: NDArray[np.float32], corners: NDArray[np.int64], side: int) -> NDArray[np.float32]:
    """Return the squares of that side at the corners (y, x), shape (n, side, side)."""
    inside = np.arange(side)
    rows, columns = corners[:, :1] + inside, corners[:, 1:] + inside
    return np.asarray(grey[rows[:, :, None], columns[:, None, :]])


def _products(blocks: NDArray[np.float32], regions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of products of each block with its region at each shift, shape (n, 9, 9).

    By the Fourier transform (the correlation theorem); a region holds all shifts, so nothing wraps round.
    """
    size = (_REGION, _REGION)
    spectrum = rfft2(regions, size) * np.conj(rfft2(blocks, size))
    return np.asarray(irfft2(spectrum, size)[:, :_SHIFTS, :_SHIFTS], np.float32)


def _deviations(regions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the root of the summed squares about the mean of each window, at least 1, shape (n, 9, 9)."""
    exact = regions.astype(np.float64)
    total, squares = _window_sums(exact), _window_sums(exact * exact)
    return np.asarray(np.sqrt(np.maximum(squares - total * total / _BLOCK**2, 1.0)), np.float32)


def _window_sums(regions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of each window of a block's size, from summed-area tables, shape (n, 9, 9)."""
    table = np.zeros((len(regions), _REGION + 1, _REGION + 1))
    np.cumsum(np.cumsum(regions, axis=1), axis=2, out=table[:, 1:, 1:])
    near, far = slice(None, _SHIFTS), slice(_BLOCK, None)
    sums: NDArray[np.float64] = table[:, far, far] - table[:, near, far]
    return sums - table[:, far, near] + table[:, near, near]
