"""Pairs of rows that share a key, in bounded memory: what every search for duplicates is made of.

Rows are numbered by preference: of two that are alike, the smaller number is the one to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

RowNumbers = NDArray[np.int64]
Keys = NDArray[np.uint64]

# Pairs looked at in one vector operation.
CHUNK = 1 << 18
# Fewer pairs wait for more: an operation on a few takes as long as one on thousands.
_WORTHWHILE = 1 << 14


@dataclass(frozen=True, slots=True)
class Edges:
    """Similar pairs: `first` < `second`, both of shape (pairs,), and how far they are apart."""

    first: RowNumbers
    second: RowNumbers
    distance: NDArray[np.int32]

    @staticmethod
    def none() -> Edges:
        return Edges(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32))

    @staticmethod
    def join(parts: list[Edges]) -> Edges:
        if not parts:
            return Edges.none()
        return Edges(
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.distance for part in parts]),
        )

    def where(self, mask: NDArray[np.bool_]) -> Edges:
        return Edges(self.first[mask], self.second[mask], self.distance[mask])


class SearchBudget:
    """How many better rows are still to be found for each row.

    A row that has found `limit` better rows is not looked at any further in this pass: the work and
    the memory of a crowd of like rows stay linear in it. Whether that was enough is decided by
    `vincicoder.dedup.keepers`, which asks for another pass where it was not.
    """

    def __init__(self, wanted: NDArray[np.bool_], limit: int) -> None:
        self._left = np.where(wanted, limit, 0).astype(np.int32)
        self._wanted = wanted

    def open(self, rows: RowNumbers) -> NDArray[np.bool_]:
        """Which of the rows still look for better ones."""
        return self._left[rows] > 0

    def found(self, rows: RowNumbers) -> None:
        """Count one better row for each of `rows`, which may repeat."""
        np.subtract.at(self._left, rows, 1)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Rows that stopped looking, of shape (rows,)."""
        return self._wanted & (self._left <= 0)


def same_key_pairs(
    keys: Keys, rows: RowNumbers, budget: SearchBudget
) -> Iterator[tuple[RowNumbers, RowNumbers]]:
    """Yield all pairs of rows with equal keys whose second row's budget is open, at most about CHUNK at once.

    `keys` has shape (n,); `rows`, of the same shape, must be ascending. Each row meets its group's
    most preferred row first, then the next: a crowd fills its budgets with the rows that will stay.
    """
    order, starts_group = _shared(keys)
    seconds = np.flatnonzero(~starts_group)
    starts = np.flatnonzero(starts_group)[np.cumsum(starts_group)[seconds] - 1]
    ordered_rows = rows[order]
    step = 0
    waiting: list[tuple[RowNumbers, RowNumbers]] = []
    while seconds.size:
        for low in range(0, seconds.size, CHUNK):
            second = ordered_rows[seconds[low : low + CHUNK]]
            asks = budget.open(second)
            waiting.append((ordered_rows[starts[low : low + CHUNK][asks] + step], second[asks]))
            if sum(second.size for _, second in waiting) >= _WORTHWHILE:
                yield _joined(waiting)
                waiting = []
        step += 1
        goes_on = (starts + step < seconds) & budget.open(ordered_rows[seconds])
        seconds, starts = seconds[goes_on], starts[goes_on]
    if waiting:
        yield _joined(waiting)


def _joined(pairs: list[tuple[RowNumbers, RowNumbers]]) -> tuple[RowNumbers, RowNumbers]:
    return np.concatenate([first for first, _ in pairs]), np.concatenate([second for _, second in pairs])


def _shared(keys: Keys) -> tuple[RowNumbers, NDArray[np.bool_]]:
    """Return the places of keys that occur more than once, group by group, and which of them begin a group.

    Places ascend within a group. NumPy's stable sort does that too, in six times the time.
    """
    order = np.argsort(keys)
    ordered = keys[order]
    same = np.zeros(keys.size + 1, np.bool_)  # as the key before it
    np.equal(ordered[1:], ordered[:-1], out=same[1:-1])
    shared = same[:-1] | same[1:]
    starts = ~same[:-1][shared]
    numbered = np.cumsum(starts) << 32 | order[shared]
    numbered.sort()
    return numbered & 0xFFFFFFFF, starts


def group_sizes(keys: Keys) -> NDArray[np.int64]:
    """Return how many rows share each row's key, of shape (n,)."""
    order = np.argsort(keys)
    counts = np.diff(group_starts(keys[order]), append=keys.size)
    sizes = np.empty(keys.shape, np.int64)
    sizes[order] = np.repeat(counts, counts)
    return sizes


def group_starts(ordered: Keys) -> RowNumbers:
    """Return where runs of equal keys begin."""
    starts = np.ones(ordered.shape, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:])
    return np.flatnonzero(starts)


def mix(keys: Keys) -> Keys:
    """Scramble 64-bit keys one to one (the finaliser of splitmix64)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
