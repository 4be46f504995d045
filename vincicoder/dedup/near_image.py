"""Near-duplicate pictures: pHashes within a Hamming radius whose thumbnails agree in colour.

A pHash sees brightness only, so it takes flags of other colours, or icons of one outline, for the
same picture. A pair counts only when the 16x16 RGB thumbnails agree too.

Two 64-bit hashes within radius r agree in at least one of r + 1 bands (pigeonhole), so grouping
by band finds every pair without comparing all of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.exact import Duplicate

PHASH_BITS = 64


@dataclass(frozen=True, slots=True)
class NearImageLimits:
    """How alike two pictures must be.

    `radius` is the largest Hamming distance of the 64-bit pHashes; `thumbnail_levels` the largest
    difference (of 255) in any channel of any cell of the 16x16 thumbnails.
    """

    radius: int = 2
    thumbnail_levels: int = 6


@dataclass(frozen=True, slots=True)
class ImageSignatures:
    """Signatures of n pictures, ordered by preference: of a pair, the earlier one stays.

    `phashes` is uint64 of shape (n,); `thumbnails` uint8 of shape (n, 768).
    """

    sample_ids: list[str]
    phashes: NDArray[np.uint64]
    thumbnails: NDArray[np.uint8]


def near_image_duplicates(signatures: ImageSignatures, limits: NearImageLimits) -> list[Duplicate]:
    """Return removals such that no two rows that stay are near duplicates.

    Each removed row is near its own keeper (not merely linked to it through others), so a look at
    the two pictures confirms every removal. Ordered by the removed id.
    """
    first, second, distance = near_pairs(signatures, limits)
    keeper_of: dict[int, tuple[int, int]] = {}
    neighbours: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for a, b, apart in zip(first.tolist(), second.tolist(), distance.tolist(), strict=True):
        neighbours[a].append((b, apart))
    for keeper in sorted(neighbours):
        if keeper in keeper_of:
            continue
        for other, apart in neighbours[keeper]:
            keeper_of.setdefault(other, (keeper, apart))
    ids = signatures.sample_ids
    removals = [
        Duplicate(ids[row], ids[keeper], "near_image", apart) for row, (keeper, apart) in keeper_of.items()
    ]
    return sorted(removals, key=lambda removal: removal.removed_id)


def near_pairs(
    signatures: ImageSignatures, limits: NearImageLimits
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return all near pairs as (earlier row, later row, Hamming distance), each of shape (pairs,)."""
    count = len(signatures.sample_ids)
    pairs: list[NDArray[np.int64]] = []
    for shift, bits in _bands(limits.radius):
        band = (signatures.phashes >> np.uint64(shift)) & np.uint64((1 << bits) - 1)
        order = np.argsort(band, kind="stable")
        edges = np.flatnonzero(band[order][1:] != band[order][:-1]) + 1
        for start, stop in pairwise([0, *edges.tolist(), count]):
            if stop - start > 1:
                pairs.extend(_near_in_group(order[start:stop], signatures, limits))
    if not pairs:
        empty = np.empty(0, np.int64)
        return empty, empty, empty
    unique = np.unique(np.concatenate(pairs), axis=0)
    return unique[:, 0], unique[:, 1], unique[:, 2]


def _near_in_group(
    rows: NDArray[np.int64], signatures: ImageSignatures, limits: NearImageLimits
) -> list[NDArray[np.int64]]:
    """Compare each row of a band group with the later ones, one vector operation a row."""
    rows = np.sort(rows)
    hashes = signatures.phashes[rows]
    found: list[NDArray[np.int64]] = []
    for position in range(len(rows) - 1):
        distance = np.bitwise_count(hashes[position + 1 :] ^ hashes[position])
        close = np.flatnonzero(distance <= limits.radius)
        if not close.size:
            continue
        others = rows[position + 1 + close]
        apart = signatures.thumbnails[others].astype(np.int16) - signatures.thumbnails[rows[position]]
        alike = np.abs(apart).max(axis=1) <= limits.thumbnail_levels
        if alike.any():
            kept = others[alike]
            first = np.full(kept.shape, rows[position])
            found.append(np.stack([first, kept, distance[close][alike].astype(np.int64)], axis=1))
    return found


def _bands(radius: int) -> list[tuple[int, int]]:
    """Cut 64 bits into radius + 1 bands of nearly equal width: (shift, bits) each."""
    edges = [PHASH_BITS * band // (radius + 1) for band in range(radius + 2)]
    return [(low, high - low) for low, high in pairwise(edges)]
