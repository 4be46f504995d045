"""Similar pictures within crowds of similar programs, in time linear in the size of a crowd.

All pairs of a crowd grow with its square, and so do the groups under any fixed bands of the pHash. Here
groups are bounded instead, as in a forest of prefix trees (Bawa, Condie, Ganesan: LSH Forest, WWW 2005): the
64 bits are taken in a fixed random order, and the rows of a crowd that agree in the first so many bits form
a group, more bits being asked until at most `CROWD` rows are left in it. Each band of the MinHash
signatures has its own crowds and `ORDERS` orders of its own; two rows are looked at when they share a group
in any of them.

So at most CROWD / 2 pairs a row and order are looked at, and the search is not exact: of two rows whose
pHashes differ in d of 64 bits, a group of depth k holds both with probability (1 - d/64)^k. In a crowd of
160,000 rows, at depth 13, a pair of equal programs is missed 6 times in 10^11 at 4 bits and 3 times in
10,000 at 8; a pair of programs of similarity 0.9, which share a band with probability 0.53, 2 times in
10,000 and 2 times in 100.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.pairs import Keys, RowNumbers, SearchBudget, group_sizes, mix, same_key_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vincicoder.dedup.near_image import Hashes

CROWD = 32  # rows
ORDERS = 2  # for each band
_BITS = 64


def crowd_pairs(
    keys: Keys, rows: RowNumbers, hashes: Hashes, order: int, budget: SearchBudget
) -> Iterator[tuple[RowNumbers, RowNumbers]]:
    """Yield pairs of rows with equal `keys` whose pHashes are near, as seen in one order of the bits.

    `keys` and `hashes` belong to `rows`, which are ascending. Rows of equal pHashes meet the most preferred
    of them first, until their budget is filled.
    """
    masks = _prefixes(order)
    deep = np.log2(group_sizes(keys) / CROWD).astype(np.uint8)
    while rows.size:
        joined = mix(keys ^ mix(hashes & masks[deep]))
        done = (group_sizes(joined) <= CROWD) | (deep == _BITS)
        yield from same_key_pairs(joined[done], rows[done], budget)
        keys, rows, hashes = keys[~done], rows[~done], hashes[~done]
        deep = deep[~done] + np.uint8(1)


@cache
def _prefixes(order: int) -> NDArray[np.uint64]:
    """Return the masks of the first 0 to 64 bits in one random order, of shape (65,)."""
    places = np.argsort(mix(np.arange(_BITS * order, _BITS * (order + 1), dtype=np.uint64)))
    bits = np.uint64(1) << places.astype(np.uint64)
    return np.concatenate([np.zeros(1, np.uint64), np.bitwise_or.accumulate(bits)])
