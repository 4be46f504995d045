"""Similar pictures: pHashes within a Hamming radius whose thumbnails agree in colour.

A pHash sees brightness only, so it takes flags of other colours, or icons of one outline, for the
same picture. A pair counts only when the 16x16 RGB thumbnails agree too.

The search is exact: 64 bits are cut into radius + 2 bands, and two hashes that differ in at most
radius bits differ in at most radius bands, so they agree in at least two (pigeonhole). RowNumbers are
grouped by every two bands: nothing within the radius is missed, and groups stay small even where
one band is the same for a whole corpus.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.pairs import Edges, RowNumbers, SearchBudget, same_key_pairs
from vincicoder.dedup.pictures import NearImageLimits, Thumbnails, colours_agree

PHASH_BITS = 64
Hashes = NDArray[np.uint64]


# A full picture's edges move by a pixel or two: numbers of the drawings that packages ship.
NEAR_IMAGE = NearImageLimits(radius=2, cell_levels=6, mean_levels=6.0, ink_share=0.08)


def near_image_edges(
    phashes: Hashes, thumbnails: Thumbnails, rows: RowNumbers, limits: NearImageLimits, budget: SearchBudget
) -> Edges:
    """Return pairs of like pictures among `rows` (ascending row numbers), each pair once.

    `phashes` (n,) and `thumbnails` (n, 768) cover all rows. `distance` is in bits, 0 to radius.
    """
    found: list[Edges] = []
    masks = band_masks(limits.radius, agreeing=2)
    for number, mask in enumerate(masks):
        for first, second in same_key_pairs(phashes[rows] & mask, rows, budget):
            differing = phashes[first] ^ phashes[second]
            distance = np.bitwise_count(differing).astype(np.int32)
            near = (distance <= limits.radius) & first_seen(differing, masks[:number])
            edges = Edges(first, second, distance).where(near)
            edges = edges.where(colours_agree(thumbnails, edges.first, edges.second, limits))
            budget.found(edges.second)
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
