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

Rows = NDArray[np.int64]
Keys = NDArray[np.uint64]

# Pairs looked at in one vector operation.
CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs that are alike: `first` < `second`, both of shape (pairs,), and how far they are apart."""

    first: Rows
    second: Rows
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


class Quota:
    """How many better rows are still to be found for each row.

    A row that has found `limit` better rows is not looked at any further in this pass: the work and
    the memory of a crowd of like rows stay linear in it. Whether that was enough is decided by
    `vincicoder.dedup.keepers`, which asks for another pass where it was not.
    """

    def __init__(self, wanted: NDArray[np.bool_], limit: int) -> None:
        self._left = np.where(wanted, limit, 0).astype(np.int32)
        self._wanted = wanted

    def open(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of the rows still look for better ones."""
        return self._left[rows] > 0

    def found(self, rows: Rows) -> None:
        """Count one better row for each of `rows`, which may repeat."""
        np.subtract.at(self._left, rows, 1)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Rows that stopped looking, of shape (rows,)."""
        return self._wanted & (self._left <= 0)


def same_key_pairs(keys: Keys, rows: Rows, quota: Quota) -> Iterator[tuple[Rows, Rows]]:
    """Yield all pairs of rows with equal keys whose second row's quota is open, at most CHUNK at once.

    `keys` has shape (n,); `rows`, of the same shape, must be ascending. Each row meets its group's
    most preferred row first, then the next: a crowd fills its quotas with the rows that will stay.
    """
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts_group = np.empty(len(keys), np.bool_)
    starts_group[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=starts_group[1:])
    seconds = np.flatnonzero(~starts_group)
    starts = np.flatnonzero(starts_group)[np.cumsum(starts_group)[seconds] - 1]
    ordered_rows = rows[order]
    step = 0
    while seconds.size:
        for low in range(0, seconds.size, CHUNK):
            second = ordered_rows[seconds[low : low + CHUNK]]
            asks = quota.open(second)
            if asks.any():
                yield ordered_rows[starts[low : low + CHUNK][asks] + step], second[asks]
        step += 1
        goes_on = (starts + step < seconds) & quota.open(ordered_rows[seconds])
        seconds, starts = seconds[goes_on], starts[goes_on]


def group_sizes(keys: Keys) -> NDArray[np.int64]:
    """Return how many rows share each row's key, of shape (n,)."""
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse], np.int64)


def mix(keys: Keys) -> Keys:
    """Scramble 64-bit keys one to one (the finaliser of splitmix64)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
