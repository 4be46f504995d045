"""Like programs: MinHash signatures that agree, found by banding, of rows whose pictures are alike too.

The signature's first 126 values are cut into 21 bands of 6. Two programs whose sets of shingles have
the Jaccard similarity J agree in at least one band with probability 1 - (1 - J^6)^21: 0.998 at 0.8,
0.28 at 0.5, 0.015 at 0.3. (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, section 3.4.)

Code alone is not enough: a thousand molecules drawn by one template share nearly all of their code and
are a thousand lessons. So a pair counts only when its pictures are near as well, by pHash and by colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.near_image import Hashes, band_masks, first_seen
from vincicoder.dedup.pairs import Edges, Keys, Quota, Rows, group_sizes, mix, same_key_pairs
from vincicoder.dedup.pictures import PictureLimits, Thumbnails, colours_agree

if TYPE_CHECKING:
    from collections.abc import Iterator

Signatures = NDArray[np.uint16]

PERMUTATIONS = 128
BAND_VALUES = 6
BANDS = PERMUTATIONS // BAND_VALUES
EMPTY = np.uint16(0xFFFF)  # every value of a program without a single shingle

# Larger groups are cut up by their pictures before all their pairs are looked at.
_CROWD = 32


@dataclass(frozen=True, slots=True)
class NearCodeLimits:
    """How alike two programs, and their pictures, must be.

    `jaccard` is the least similarity of their sets of shingles.
    """

    jaccard: float
    pictures: PictureLimits


NEAR_CODE = NearCodeLimits(0.8, PictureLimits(radius=4, cell_levels=64, mean_levels=2.0, ink_share=0.035))
SAME_TEMPLATE = NearCodeLimits(0.9, PictureLimits(radius=8, cell_levels=255, mean_levels=6.0, ink_share=0.5))


def near_code_edges(
    signatures: Signatures,
    phashes: Hashes,
    thumbnails: Thumbnails,
    rows: Rows,
    limits: NearCodeLimits,
    quota: Quota,
    least_matches: int,
    known_false: NDArray[np.int64] | None = None,
) -> Edges:
    """Return pairs of like programs with like pictures among `rows` (ascending), each pair once.

    `signatures` (n, 128), `phashes` (n,) and `thumbnails` (n, 768) cover all rows. A pair is returned
    when at least `least_matches` of its 128 values agree; `distance` is the number that do not.
    `known_false` are pairs, as `pair_numbers`, that are not to be returned.
    """
    rows = rows[(signatures[rows, :BAND_VALUES] != EMPTY).any(axis=1)]
    found: list[Edges] = []
    keys = np.empty(0, np.uint64)
    for band in range(BANDS):
        earlier, keys = keys, band_keys(signatures, band, rows)
        fresh = fresh_groups(keys, earlier) if band else np.ones(keys.shape, np.bool_)
        pairs = _pairs_of_band(keys[fresh], phashes, rows[fresh], limits.pictures.radius, quota)
        for first, second, differing in pairs:
            near = np.bitwise_count(differing) <= limits.pictures.radius
            first, second = first[near], second[near]
            matches = _matches(signatures, first, second, band)
            edges = Edges(first, second, (PERMUTATIONS - matches).astype(np.int32))
            edges = edges.where(matches >= least_matches)
            edges = edges.where(colours_agree(thumbnails, edges.first, edges.second, limits.pictures))
            if known_false is not None and known_false.size:
                edges = edges.where(~np.isin(pair_numbers(edges, len(phashes)), known_false))
            quota.found(edges.second)
            found.append(edges)
    return Edges.join(found)


def pair_numbers(edges: Edges, count: int) -> NDArray[np.int64]:
    """Return one number per pair of rows out of `count`."""
    return edges.first * count + edges.second


def _pairs_of_band(
    keys: Keys, phashes: Hashes, rows: Rows, radius: int, quota: Quota
) -> Iterator[tuple[Rows, Rows, Hashes]]:
    """Yield the pairs that agree in a band, with the bits in which their pHashes differ.

    In a group too large to look at all its pairs, rows must share two bands of the pHash too: exact for
    every pair of pictures within the radius.
    """
    sizes = group_sizes(keys)
    few = (sizes > 1) & (sizes <= _CROWD)
    for first, second in same_key_pairs(keys[few], rows[few], quota):
        yield first, second, phashes[first] ^ phashes[second]
    many = sizes > _CROWD
    if not many.any():
        return
    crowd, crowd_keys = rows[many], keys[many]
    masks = band_masks(radius, agreeing=2)
    for number, mask in enumerate(masks):
        joined = mix(crowd_keys ^ mix(phashes[crowd] & mask))
        for first, second in same_key_pairs(joined, crowd, quota):
            differing = phashes[first] ^ phashes[second]
            fresh = first_seen(differing, masks[:number])
            yield first[fresh], second[fresh], differing[fresh]


def fresh_groups(keys: Keys, earlier: Keys) -> NDArray[np.bool_]:
    """Which rows share their key with rows that did not all share one key in the band before.

    A group that was part of one group there has no new pair, whether that group was looked at or, being
    part of one before it, was not. A crowd of equal programs is so looked at once, not in every band.
    Keys that no other row has are left out too.
    """
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(keys[order]) != 0]) if keys.size else np.empty(0, np.int64)
    ordered = earlier[order]
    mixed = np.minimum.reduceat(ordered, starts) != np.maximum.reduceat(ordered, starts)
    fresh = np.empty(keys.shape, np.bool_)
    fresh[order] = np.repeat(mixed, np.diff(np.r_[starts, keys.size]))
    return fresh


def band_keys(signatures: Signatures, band: int, rows: Rows | slice = slice(None)) -> Keys:
    """Return the 96 bits of a band as 64, of shape (rows,). Chance collisions are sorted out later."""
    values = signatures[rows, band * BAND_VALUES : (band + 1) * BAND_VALUES].astype(np.uint64)
    high = values[:, 0] | values[:, 1] << np.uint64(16) | values[:, 2] << np.uint64(32)
    low = values[:, 3] | values[:, 4] << np.uint64(16) | values[:, 5] << np.uint64(32)
    return mix(mix(high) ^ low)


def _matches(signatures: Signatures, first: Rows, second: Rows, band: int) -> NDArray[np.int32]:
    """Return how many values agree, of shape (pairs,); 0 for pairs that an earlier band brought together."""
    matches = np.empty(first.shape, np.int32)
    for low in range(0, first.size, 1 << 14):
        part = slice(low, low + (1 << 14))
        same = signatures[first[part]] == signatures[second[part]]
        earlier = same[:, : band * BAND_VALUES].reshape(len(same), band, BAND_VALUES).all(axis=2).any(axis=1)
        matches[part] = np.where(earlier, 0, same.sum(axis=1))
    return matches
