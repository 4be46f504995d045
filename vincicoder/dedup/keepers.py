"""Which rows stay: one pass over all rows in order of preference, along the edges of every kind.

A row stays unless a row that stays, and is preferred to it, is its duplicate. So no two rows that
stay are duplicates, every removed row is directly like the row named as its keeper (not merely linked
to it through a chain), and the answer depends on nothing but the preference and the edges: not on
shards, nor on the order in which edges were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup.pairs import Edges

# Edges turned into Python numbers at a time.
_CHUNK = 1 << 20


class Kind(IntEnum):
    """What two rows share. Of several kinds between two rows the first named counts."""

    EXACT_IMAGE = 0
    NEAR_IMAGE = 1
    NEAR_CODE = 2
    SAME_TEMPLATE = 3


KEPT, REMOVED, UNDECIDED = 0, 1, 2


@dataclass(slots=True)
class Decisions:
    """For n rows in order of preference: the state, and for removed ones keeper, kind and distance.

    A row is undecided where its search was cut short (see `SearchBudget`) or depends on such a row.
    """

    state: NDArray[np.int8]
    keeper: NDArray[np.int64]
    kind: NDArray[np.int8]
    distance: NDArray[np.int32]

    @staticmethod
    def open(count: int) -> Decisions:
        return Decisions(
            np.full(count, UNDECIDED, np.int8),
            np.full(count, -1, np.int64),
            np.zeros(count, np.int8),
            np.zeros(count, np.int32),
        )


def decide(
    decisions: Decisions, edges: dict[Kind, Edges], cut_short: NDArray[np.bool_], max_same_template: int
) -> None:
    """Decide the undecided rows, as far as that is possible.

    `edges` lead from better rows to undecided ones; `cut_short` marks rows with more of them to be
    found. One duplicate that stays removes a row; of rows of the same template
    `max_same_template` may stay.
    """
    undecided = decisions.state == UNDECIDED
    decisions.state[undecided & ~cut_short] = KEPT
    kinds = np.concatenate([np.full(part.first.size, kind, np.int8) for kind, part in edges.items()])
    joined = Edges.join(list(edges.values()))
    order = np.lexsort((kinds, joined.first, joined.second))
    settle = _Settling(decisions, cut_short, max_same_template)
    for low in range(0, order.size, _CHUNK):
        part = order[low : low + _CHUNK]
        for second, first, kind, distance in zip(
            joined.second[part].tolist(),
            joined.first[part].tolist(),
            kinds[part].tolist(),
            joined.distance[part].tolist(),
            strict=True,
        ):
            settle.see(first, second, kind, distance)
    settle.finish()


class _Settling:
    """Walks the edges, grouped by their second row in order of preference."""

    def __init__(self, decisions: Decisions, cut_short: NDArray[np.bool_], max_same_template: int) -> None:
        self._decisions = decisions
        self._cut_short = cut_short
        self._max_same_template = max_same_template
        # bytearray: reading and writing single items is ten times as fast as in an array.
        self._state = bytearray(decisions.state.tobytes())
        self._row = -1
        self._begin(-1)

    def _begin(self, row: int) -> None:
        self._row = row
        self._removal: tuple[int, int, int] | None = None
        self._like: list[tuple[int, int]] = []
        self._doubt = row >= 0 and bool(self._cut_short[row])

    def see(self, first: int, second: int, kind: int, distance: int) -> None:
        if second != self._row:
            self._settle()
            self._begin(second)
        state = self._state[first]
        if state == UNDECIDED:
            self._doubt = True
        elif state == KEPT and self._removal is None:
            if kind != Kind.SAME_TEMPLATE:
                self._removal = (first, kind, distance)
            elif not self._like or self._like[-1][0] != first:
                self._like.append((first, distance))

    def _settle(self) -> None:
        row = self._row
        if row < 0:
            return
        if self._removal is None and len(self._like) >= self._max_same_template > 0:
            first, distance = self._like[0]
            self._removal = (first, int(Kind.SAME_TEMPLATE), distance)
        if self._removal is not None:
            self._state[row] = REMOVED
            keeper, kind, distance = self._removal
            self._decisions.keeper[row] = keeper
            self._decisions.kind[row] = kind
            self._decisions.distance[row] = distance
        else:
            self._state[row] = UNDECIDED if self._doubt else KEPT

    def finish(self) -> None:
        self._settle()
        self._decisions.state[:] = np.frombuffer(bytes(self._state), np.int8)
