"""Two evaluations of the same items compared item by item: which is better, and whether that is chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vincicoder.evaluate.summary import interval

_SEED, _FLIPS, _FLIPPED_AT_ONCE = 20_260_102, 9_999, 4_000_000
_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric of two runs over the items that both have.

    `a` and `b` are the strict means, `difference` is b - a, and `low` to `high` its 95 % interval over items.
    `p` is the chance of a difference at least as large if the runs were alike (paired permutation test, two
    sided); `p_adjusted` allows for all metrics that were looked at (Holm 1979). `better` is a or b where that
    is under 0.05, else an empty text.
    """

    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float
    p_adjusted: float
    better: str
    items: int


def compare_scores(
    scores: Mapping[str, tuple[Sequence[float], Sequence[float]]], lower_is_better: frozenset[str]
) -> dict[str, Difference]:
    """Return the differences by metric. `scores` are those of both runs, item by item in one order."""
    names = sorted(scores)
    chances = [paired_permutation(*scores[name]) for name in names]
    found = {}
    for name, p, adjusted in zip(names, chances, holm(chances), strict=True):
        first, second = (np.asarray(values, np.float64) for values in scores[name])
        difference = float((second - first).mean())
        low, high = interval((second - first).tolist())
        rises = difference < 0 if name in lower_is_better else difference > 0
        better = ("b" if rises else "a") if adjusted < _LEVEL and difference else ""
        found[name] = Difference(
            float(first.mean()), float(second.mean()), difference, low, high, p, adjusted, better, len(first)
        )
    return found


def paired_permutation(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p of the mean difference of pairs: how often it is as far from 0 when each pair's
    sign is turned by chance. Exact up to 13 pairs that differ; from 9,999 seeded draws beyond."""
    apart = np.asarray(second, np.float64) - np.asarray(first, np.float64)
    apart = apart[apart != 0]
    if not len(apart):
        return 1.0
    # Sums of the same numbers in another order differ in their last digits.
    observed = abs(float(apart.sum())) * (1 - 1e-9)
    if 2 ** len(apart) <= _FLIPS:
        signs = 1 - 2 * (np.arange(2 ** len(apart))[:, None] >> np.arange(len(apart)) & 1)
        return float((np.abs(signs @ apart) >= observed).mean())
    chance, as_far = np.random.default_rng(_SEED), 1
    rows = max(1, _FLIPPED_AT_ONCE // len(apart))
    for start in range(0, _FLIPS, rows):
        as_far += _as_far(chance, apart, observed, min(rows, _FLIPS - start))
    return as_far / (_FLIPS + 1)


def _as_far(chance: np.random.Generator, apart: NDArray[np.float64], observed: float, rows: int) -> int:
    signs = 1 - 2 * chance.integers(0, 2, (rows, len(apart)), np.int8)
    return int((np.abs(signs @ apart) >= observed).sum())


def holm(chances: Sequence[float]) -> list[float]:
    """Return the p values adjusted for their number, in the order given (Holm 1979)."""
    adjusted, highest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=lambda place: chances[place])):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[place]))
        adjusted[place] = highest
    return adjusted
