"""From the scores of items to one number with an interval, in both modes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vincicoder.evaluate.metric import Score

_RESAMPLES, _SEED, _EDGES = 2_000, 20_260_101, (0.025, 0.975)
_RESAMPLED_AT_ONCE = 4_000_000  # numbers in memory


@dataclass(frozen=True, slots=True)
class Summary:
    """A metric over many items.

    `reference` is the mean of what the published evaluator averages, None where that is nothing; `averaged`
    is over how many items. `strict` is the mean over all `items`, `low` to `high` its 95 % interval.
    """

    reference: float | None
    averaged: int
    strict: float
    low: float
    high: float
    items: int


def summarise(scores: Iterable[Mapping[str, Score]]) -> dict[str, Summary]:
    """Return the summary of every metric by name, in order of name."""
    by_name: dict[str, list[Score]] = {}
    for of_item in scores:
        for name, score in of_item.items():
            by_name.setdefault(name, []).append(score)
    return {name: _summary(by_name[name]) for name in sorted(by_name)}


def _summary(scores: Sequence[Score]) -> Summary:
    reference = [score.reference for score in scores if score.reference is not None]
    strict = [score.strict for score in scores]
    low, high = interval(strict)
    mean = math.fsum(reference) / len(reference) if reference else None
    return Summary(mean, len(reference), math.fsum(strict) / len(strict), low, high, len(strict))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean by the percentile bootstrap over items, 2,000 resamples.

    The same values in the same order give the same interval. Of one value, or of equal ones, it has no width.
    """
    found = np.asarray(values, np.float64)
    if len(found) < 2 or np.ptp(found) == 0:
        return float(found[0]), float(found[0])
    chance, means = np.random.default_rng(_SEED), []
    rows = max(1, _RESAMPLED_AT_ONCE // len(found))
    for start in range(0, _RESAMPLES, rows):
        chosen = chance.integers(0, len(found), (min(rows, _RESAMPLES - start), len(found)))
        means.append(found[chosen].mean(axis=1))
    low, high = np.quantile(np.concatenate(means), _EDGES)
    return float(low), float(high)
