"""Which waiting sample a free worker takes: preferably one that it is already warm for.

A worker keeps what samples share, such as a loaded TeX preamble. Where one of two workers has it and the
other has not, the sample is better left to the first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

LOOK_AHEAD = 16
"""Waiting samples looked at; few callers have more in flight."""

MOST_PASSES = 8
"""A sample goes next when so many that came after it went before it."""

MAX_KEYS = 256
"""Keys remembered of a worker: about the preambles that it keeps loaded, and what they begin with."""


class Familiar:
    """What a worker has drawn recently: the keys of its samples, the newest last."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def learn(self, keys: Sequence[str]) -> None:
        """Note a sample that the worker was given."""
        for key in keys:
            self._keys[key] = None
            self._keys.move_to_end(key)
        while len(self._keys) > MAX_KEYS:
            self._keys.popitem(last=False)

    def share(self, keys: Sequence[str]) -> int:
        """Return how much of a sample is familiar: the number of its keys, from the first, that are known."""
        return next((n for n, key in enumerate(keys) if key not in self._keys), len(keys))


class Waiting(Protocol):
    """What is chosen from. `affinity` names what a sample needs, from what many share to what few do."""

    affinity: tuple[str, ...]
    passed_over: int


def choose(
    waiting: Sequence[Waiting], free: Sequence[Familiar], taken: Sequence[Familiar]
) -> tuple[int, int]:
    """Return the positions of the next sample in `waiting` and of the worker in `free` that is to take it.

    Both must hold something; `taken` are the workers that are busy. The pair is taken in which the worker
    knows most of the sample beyond what any other knows, the first of equals: a free worker always works, in
    the order of arrival where nothing is shared. Counts the samples that are passed over.
    """
    best = (0, 0)
    if any(job.affinity for job in waiting):
        looked_at = waiting[:1] if waiting[0].passed_over >= MOST_PASSES else waiting[:LOOK_AHEAD]
        most = float("-inf")
        for position, job in enumerate(looked_at):
            known = [worker.share(job.affinity) for worker in (*free, *taken)]
            for place in range(len(free)):
                others = max(known[:place] + known[place + 1 :], default=0)
                if known[place] - others > most:
                    most, best = known[place] - others, (position, place)
        for job in waiting[: best[0]]:
            job.passed_over += 1
    return best
