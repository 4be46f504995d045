"""Like pictures: pHashes within a Hamming radius whose thumbnails agree in colour.

A pHash sees brightness only, so it takes flags of other colours, or icons of one outline, for the
same picture. A pair counts only when the 16x16 RGB thumbnails agree too.

The search is exact: 64 bits are cut into radius + 2 bands, and two hashes that differ in at most
radius bits differ in at most radius bands, so they agree in at least two (pigeonhole). Rows are
grouped by every two bands: nothing within the radius is missed, and groups stay small even where
one band is the same for a whole corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.pairs import Edges, Quota, Rows, same_key_pairs

PHASH_BITS = 64
Hashes = NDArray[np.uint64]
Thumbnails = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class NearImageLimits:
    """How alike two pictures must be.

    `radius` is the largest Hamming distance of the 64-bit pHashes, 0 to 16; `thumbnail_levels` the
    largest difference (of 255) in any channel of any cell of the 16x16 thumbnails.
    """

    radius: int = 2
    thumbnail_levels: int = 6


def near_image_edges(
    phashes: Hashes, thumbnails: Thumbnails, rows: Rows, limits: NearImageLimits, quota: Quota
) -> Edges:
    """Return pairs of like pictures among `rows` (ascending row numbers), each pair once.

    `phashes` (n,) and `thumbnails` (n, 768) cover all rows. `distance` is in bits, 0 to radius.
    """
    found: list[Edges] = []
    masks = band_masks(limits.radius, agreeing=2)
    for number, mask in enumerate(masks):
        for first, second in same_key_pairs(phashes[rows] & mask, rows, quota):
            differing = phashes[first] ^ phashes[second]
            distance = np.bitwise_count(differing).astype(np.int32)
            near = (distance <= limits.radius) & first_seen(differing, masks[:number])
            edges = Edges(first, second, distance).where(near)
            edges = edges.where(colours_agree(thumbnails, edges.first, edges.second, limits.thumbnail_levels))
            quota.found(edges.second)
            found.append(edges)
    return Edges.join(found)


def band_masks(radius: int, agreeing: int) -> list[np.uint64]:
    """Return masks such that two hashes within `radius` bits agree under at least one of them.

    64 bits are cut into radius + agreeing bands of nearly equal width; each mask joins `agreeing`.
    A band takes bits from all over the hash, an 8x8 square of frequencies: simple drawings have the
    same bits in whole rows or columns of it, and a band of those would tell nothing apart.
    """
    count = radius + agreeing
    edges = [PHASH_BITS * band // count for band in range(count + 1)]
    bands = [
        sum(1 << (place * 37 % PHASH_BITS) for place in range(low, high)) for low, high in pairwise(edges)
    ]
    return [np.uint64(sum(picked)) for picked in combinations(bands, agreeing)]


def first_seen(differing: Hashes, earlier: list[np.uint64]) -> NDArray[np.bool_]:
    """Which pairs no earlier mask has brought together, given the bits in which they differ."""
    fresh = np.ones(differing.shape, np.bool_)
    for mask in earlier:
        fresh &= (differing & mask) != 0
    return fresh


def colours_agree(thumbnails: Thumbnails, first: Rows, second: Rows, levels: int) -> NDArray[np.bool_]:
    """Whether no channel of any cell differs by more than `levels`, of shape (pairs,)."""
    agree = np.empty(first.shape, np.bool_)
    for low in range(0, first.size, 1 << 14):
        part = slice(low, low + (1 << 14))
        one, other = thumbnails[first[part]], thumbnails[second[part]]
        agree[part] = (np.maximum(one, other) - np.minimum(one, other)).max(axis=1, initial=0) <= levels
    return agree


def mean_colour_distance(thumbnails: Thumbnails, first: Rows, second: Rows) -> NDArray[np.float32]:
    """Return the mean difference of the thumbnails' cells, 0 to 255, of shape (pairs,)."""
    means = np.empty(first.shape, np.float32)
    for low in range(0, first.size, 1 << 14):
        part = slice(low, low + (1 << 14))
        one, other = thumbnails[first[part]], thumbnails[second[part]]
        means[part] = (np.maximum(one, other) - np.minimum(one, other)).mean(axis=1, dtype=np.float32)
    return means
