"""Which keys lie where: 96 bits of each key and two numbers, 20 bytes a row, found by binary search.

Rows lie in sorted runs, each at least twice as long as the next but for those that are full, so that adding a
row costs a logarithm, looking for some keys hardly depends on how many rows there are, and joining two runs
takes a bounded memory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray


# Two runs are joined to no more than this: it takes some 70 bytes a row for a moment, of which the C library
# keeps some. With four times as many, 3,200,000 rows took 20 MB more; with half as many, a look 8 ms, not 3.
MAX_RUN_ROWS = 1 << 17


@dataclass(frozen=True, slots=True)
class _Run:
    """Rows in the order of `high`; all arrays have shape (rows,)."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint32]
    output: NDArray[np.int32]
    row: NDArray[np.int32]


class Places:
    """Keys, each with the number of an output and a row in it. A key may have several."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def add(self, keys: Sequence[str], output: int, rows: Sequence[int]) -> None:
        """Add keys of one output, in the rows named."""
        if not keys:
            return
        high, low = _bits(keys)
        number = np.full(len(keys), output, np.int32)
        self._runs.append(_sorted(_Run(high, low, number, np.array(rows, np.int32))))
        while len(self._runs) > 1 and _should_be_one(*self._runs[-2:]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(_joined(before, last)))

    def find(self, keys: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Yield each key that is known with an output and a row, once for each of its places."""
        if not keys:
            return
        high, low = _bits(keys)
        for run in self._runs:
            first = np.searchsorted(run.high, high, "left")
            last = np.searchsorted(run.high, high, "right")
            for number in np.flatnonzero(last > first).tolist():
                for place in range(int(first[number]), int(last[number])):
                    if run.low[place] == low[number]:
                        yield keys[number], int(run.output[place]), int(run.row[place])


def _bits(keys: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    digests = b"".join(hashlib.md5(key.encode(), usedforsecurity=False).digest() for key in keys)
    bits = np.frombuffer(digests, np.uint64).reshape(-1, 2)
    return bits[:, 0], bits[:, 1].astype(np.uint32)


def _should_be_one(before: _Run, last: _Run) -> bool:
    rows = len(before.high) + len(last.high)
    return len(before.high) < 2 * len(last.high) and rows <= MAX_RUN_ROWS


def _joined(one: _Run, other: _Run) -> _Run:
    return _Run(
        np.concatenate([one.high, other.high]),
        np.concatenate([one.low, other.low]),
        np.concatenate([one.output, other.output]),
        np.concatenate([one.row, other.row]),
    )


def _sorted(run: _Run) -> _Run:
    order = np.argsort(run.high, kind="stable")
    return _Run(run.high[order], run.low[order], run.output[order], run.row[order])
