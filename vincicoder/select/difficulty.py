"""How hard a row is, from 0 to 1: by its structure, or by the rewards of a model's answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True, slots=True)
class Difficulty:
    """`value` is 0 (easy) to 1 (hard). `mean` and `spread` (standard deviation) are those of the rewards of
    a model's answers, None where the value comes from the code's structure."""

    value: float
    mean: float | None = None
    spread: float | None = None


def difficulty_by_rank(groups: Sequence[Hashable], complexities: Sequence[int]) -> list[Difficulty]:
    """Return each row's rank by complexity within its group (domain and language), scaled to 0..1.

    Rows of equal complexity get equal difficulty: the mean of their ranks. A group of one row gets 0.5.
    """
    members: dict[Hashable, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    found = [Difficulty(0.5)] * len(groups)
    for rows in members.values():
        if len(rows) < 2:
            continue
        values = np.array([complexities[row] for row in rows])
        ranks = (rankdata(values) - 1) / (len(rows) - 1)
        for row, rank in zip(rows, ranks.tolist(), strict=True):
            found[row] = Difficulty(round(rank, 6))
    return found


def difficulty_by_rewards(rewards: Sequence[Sequence[float]]) -> list[Difficulty]:
    """Return 1 - mean of each row's rewards (each 0..1), with their mean and spread.

    Raises ValueError for a row without rewards: what was not sampled has no difficulty.
    """
    found = []
    for row, scores in enumerate(rewards):
        if not scores:
            raise ValueError(f"row {row} has no rewards; sample every candidate, or leave it out")
        values = np.array(scores, float)
        mean, spread = float(values.mean()), float(values.std())
        found.append(Difficulty(round(1.0 - mean, 6), round(mean, 6), round(spread, 6)))
    return found
