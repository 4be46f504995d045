"""Similar programs: rows whose MinHash signatures agree (found by banding) and whose pictures are similar.

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

from vincicoder.dedup.crowds import CROWD, ORDERS, crowd_pairs
from vincicoder.dedup.near_image import Hashes
from vincicoder.dedup.pairs import (
    Edges,
    Keys,
    RowNumbers,
    SearchBudget,
    group_sizes,
    group_starts,
    mix,
    same_key_pairs,
)
from vincicoder.dedup.pictures import NearImageLimits, Thumbnails, colours_agree

if TYPE_CHECKING:
    from collections.abc import Iterator

Signatures = NDArray[np.uint16]

PERMUTATIONS = 128
BAND_VALUES = 6
BANDS = PERMUTATIONS // BAND_VALUES
_PAIRS_AT_A_TIME = 1 << 14
EMPTY = np.uint16(0xFFFF)  # every value of a program without a single shingle


@dataclass(frozen=True, slots=True)
class NearCodeLimits:
    """How similar two programs, and their pictures, must be.

    `jaccard` is the least similarity of their sets of shingles.
    """

    jaccard: float
    pictures: NearImageLimits


NEAR_CODE = NearCodeLimits(0.8, NearImageLimits(radius=4, cell_levels=64, mean_levels=2.0, ink_share=0.035))
SAME_TEMPLATE = NearCodeLimits(
    0.9, NearImageLimits(radius=8, cell_levels=255, mean_levels=6.0, ink_share=0.5)
)


def near_code_edges(
    signatures: Signatures,
    phashes: Hashes,
    thumbnails: Thumbnails,
    rows: RowNumbers,
    limits: NearCodeLimits,
    budget: SearchBudget,
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
    numbers = np.empty(0, np.int64) if known_false is None else known_false
    for pairs in _searches(signatures, phashes, rows, budget):
        fresh: list[Edges] = []
        for first, second in pairs:
            near = np.bitwise_count(phashes[first] ^ phashes[second]) <= limits.pictures.radius
            edges = _agreeing(signatures, first[near], second[near], least_matches)
            edges = edges.where(~_is_in(pair_numbers(edges, len(phashes)), numbers))
            edges = edges.where(colours_agree(thumbnails, edges.first, edges.second, limits.pictures))
            budget.found(edges.second)
            fresh.append(edges)
        found += fresh
        numbers = np.concatenate([numbers, pair_numbers(Edges.join(fresh), len(phashes))])
        numbers.sort()
    return Edges.join(found)


def _searches(
    signatures: Signatures, phashes: Hashes, rows: RowNumbers, budget: SearchBudget
) -> Iterator[Iterator[tuple[RowNumbers, RowNumbers]]]:
    """Yield searches for pairs that agree in a band: all pairs outside of crowds, then those of its crowds.

    Within one search no pair comes twice.
    """
    alone = mix(rows.astype(np.uint64))
    before = alone
    for band in range(BANDS):
        keys = band_keys(signatures, band, rows)
        crowded = group_sizes(keys) > CROWD
        few = ~crowded & fresh_groups(keys, before)
        yield same_key_pairs(keys[few], rows[few], budget)
        if crowded.any():
            crowd, crowd_keys = rows[crowded], keys[crowded]
            for order in range(band * ORDERS, (band + 1) * ORDERS):
                yield crowd_pairs(crowd_keys, crowd, phashes[crowd], order, budget)
        # In crowds not all pairs were looked at: they are to be met in later bands.
        before = np.where(crowded, alone, keys)


def pair_numbers(edges: Edges, count: int) -> NDArray[np.int64]:
    """Return one number per pair of rows out of `count`."""
    return edges.first * count + edges.second


def fresh_groups(keys: Keys, earlier: Keys) -> NDArray[np.bool_]:
    """Which rows share their key with rows that did not all share one key in the band before.

    A group that was part of one group there has no new pair, whether that group was looked at or, being
    part of one before it, was not. Keys that no other row has are left out too.
    """
    order = np.argsort(keys)
    starts = group_starts(keys[order])
    ordered = earlier[order]
    mixed = np.minimum.reduceat(ordered, starts) != np.maximum.reduceat(ordered, starts)
    fresh = np.empty(keys.shape, np.bool_)
    fresh[order] = np.repeat(mixed, np.diff(starts, append=keys.size))
    return fresh


def band_keys(signatures: Signatures, band: int, rows: RowNumbers | slice = slice(None)) -> Keys:
    """Return the 96 bits of a band as 64, of shape (rows,). Chance collisions are sorted out later."""
    values = signatures[rows, band * BAND_VALUES : (band + 1) * BAND_VALUES].astype(np.uint64)
    high = values[:, 0] | values[:, 1] << np.uint64(16) | values[:, 2] << np.uint64(32)
    low = values[:, 3] | values[:, 4] << np.uint64(16) | values[:, 5] << np.uint64(32)
    return mix(mix(high) ^ low)


def _agreeing(signatures: Signatures, first: RowNumbers, second: RowNumbers, least_matches: int) -> Edges:
    """Return the pairs of which so many values agree; the distance is how many do not."""
    matches = np.empty(first.shape, np.int32)
    for low in range(0, first.size, _PAIRS_AT_A_TIME):
        part = slice(low, low + _PAIRS_AT_A_TIME)
        matches[part] = (signatures[first[part]] == signatures[second[part]]).sum(axis=1)
    return Edges(first, second, np.int32(PERMUTATIONS) - matches).where(matches >= least_matches)


def _is_in(numbers: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers are among the ordered ones."""
    if not ordered.size:
        return np.zeros(numbers.shape, np.bool_)
    places = np.minimum(np.searchsorted(ordered, numbers), ordered.size - 1)
    return np.asarray(ordered[places] == numbers)
