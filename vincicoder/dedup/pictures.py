"""When two pictures count as alike, by their pHashes and 16x16 RGB thumbnails.

A pHash sees brightness only, so flags of other colours or icons of one outline have the same: cells must
agree in colour. And on a page that is nearly blank, other words change few cells by little: so the
difference is also measured against what is drawn at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.pairs import RowNumbers

Thumbnails = NDArray[np.uint8]

_PAIRS_AT_A_TIME = 1 << 13


@dataclass(frozen=True, slots=True)
class NearImageLimits:
    """How similar two pictures must be: all four bounds must hold.

    `radius` is the largest Hamming distance of the 64-bit pHashes, 0 to 16. Of the thumbnails' 768 values
    (256 cells, three channels; 0 to 255) none may differ by more than `cell_levels`, nor their mean by more
    than `mean_levels`; `ink_share` is the largest sum of differences over the ink: how far the values
    are from their channel's mean, summed, of the picture that has more of it.
    """

    radius: int
    cell_levels: int
    mean_levels: float
    ink_share: float


def colours_agree(
    thumbnails: Thumbnails, first: RowNumbers, second: RowNumbers, limits: NearImageLimits
) -> NDArray[np.bool_]:
    """Whether the thumbnails of pairs of rows are within the limits, of shape (pairs,)."""
    agree = np.zeros(first.shape, np.bool_)
    for low in range(0, first.size, _PAIRS_AT_A_TIME):
        one, other = first[low : low + _PAIRS_AT_A_TIME], second[low : low + _PAIRS_AT_A_TIME]
        left, right = thumbnails[one], thumbnails[other]
        apart = np.maximum(left, right) - np.minimum(left, right)
        together = apart.sum(axis=1, dtype=np.int64)
        near = (apart.max(axis=1, initial=0) <= limits.cell_levels) & (
            together <= limits.mean_levels * thumbnails.shape[1]
        )
        left, right, together = left[near], right[near], together[near]
        near[near] = together <= limits.ink_share * np.maximum(_ink(left), _ink(right))
        agree[low : low + one.size] = near
    return agree


def _ink(thumbnails: Thumbnails) -> NDArray[np.float32]:
    cells = thumbnails.reshape(len(thumbnails), thumbnails.shape[1] // 3, 3).astype(np.float32)
    ink: NDArray[np.float32] = np.abs(cells - cells.mean(axis=1, keepdims=True)).sum(axis=(1, 2))
    return ink
