"""Draws the rows of a release by a recipe: quotas, caps, weights and strata; the same rows every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vincicoder.compose.recipe import Quota, ReleaseRecipe
from vincicoder.shares import unit

# Upper ends of the length strata, in characters of the answer.
LENGTH_EDGES = (500, 1_500, 4_000, 10_000)

# Why a row is not taken.
TAKEN, OVER_QUOTA, LOW_QUALITY, NOT_ASKED = range(4)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The rows to draw from, as columns of one length.

    `texts` hold the selectable columns (None where a row has none), `numbers` the bounded ones (NaN where
    a row has none); `length` is the answer's length in characters.
    """

    sample_id: Sequence[str]
    texts: Mapping[str, Sequence[str | None]]
    length: NDArray[np.int64]
    numbers: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class QuotaResult:
    """What a quota wanted (None: all), what there was, and what it took."""

    name: str
    wanted: int | None
    available: int
    taken: int

    @property
    def shortfall(self) -> int:
        return max(0, (self.wanted or 0) - self.taken)


@dataclass(frozen=True, slots=True)
class Draw:
    """`verdicts` has one of TAKEN, OVER_QUOTA, LOW_QUALITY, NOT_ASKED for each row, `quota` the number of
    the row's quota in the recipe (or -1)."""

    verdicts: NDArray[np.int8]
    quota: NDArray[np.int32]
    results: list[QuotaResult]


def draw_rows(candidates: Candidates, recipe: ReleaseRecipe) -> Draw:
    """Apply a recipe. Decided by the rows' own ids, whatever their order."""
    count = len(candidates.sample_id)
    verdicts = np.zeros(count, np.int8)
    quota_of = _assign(candidates, recipe)
    verdicts[~_within(candidates, recipe.minimum, recipe.maximum)] = LOW_QUALITY
    results = []
    keys = _keys(candidates, recipe)
    for number, quota in enumerate(recipe.quotas):
        rows = np.flatnonzero((quota_of == number) & (verdicts == TAKEN))
        good = _within(candidates, quota.minimum, quota.maximum)[rows]
        verdicts[rows[~good]] = LOW_QUALITY
        rows = rows[good]
        taken = _draw_quota(candidates, rows, keys, quota, recipe)
        verdicts[rows] = OVER_QUOTA
        verdicts[taken] = TAKEN
        results.append(QuotaResult(quota.name, quota.rows, len(rows), len(taken)))
    if recipe.others == "drop":
        verdicts[(quota_of < 0) & (verdicts == TAKEN)] = NOT_ASKED
    elif recipe.quotas:
        others = int(((quota_of < 0) & (verdicts == TAKEN)).sum())
        results.append(QuotaResult("others", None, others, others))
    return Draw(verdicts, quota_of, results)


def _assign(candidates: Candidates, recipe: ReleaseRecipe) -> NDArray[np.int32]:
    """The first quota whose conditions a row meets. Rows alike in all conditions are decided once."""
    columns = sorted({name for quota in recipe.quotas for name in quota.where})
    known: dict[tuple[str | None, ...], int] = {}

    def number_of(values: tuple[str | None, ...]) -> int:
        named = dict(zip(columns, values, strict=True))
        for number, quota in enumerate(recipe.quotas):
            if all(named[name] in wanted for name, wanted in quota.where.items()):
                return number
        return -1

    assigned = np.full(len(candidates.sample_id), -1, np.int32)
    rows = zip(*(candidates.texts[name] for name in columns), strict=True)
    for row, values in enumerate(rows if columns else (() for _ in candidates.sample_id)):
        if values not in known:
            known[values] = number_of(values)
        assigned[row] = known[values]
    return assigned


def _within(
    candidates: Candidates, minimum: Mapping[str, float], maximum: Mapping[str, float]
) -> NDArray[np.bool_]:
    good = np.ones(len(candidates.sample_id), bool)
    for bounds, outside in ((minimum, np.less), (maximum, np.greater)):
        for name, bound in bounds.items():
            good &= ~outside(candidates.numbers[name], bound)  # NaN is neither
    return good


def _keys(candidates: Candidates, recipe: ReleaseRecipe) -> NDArray[np.float64]:
    """Keys for weighted sampling without replacement (Efraimidis and Spirakis 2006): -ln(u) / weight, u
    from the hash of the row's id; the rows with the smallest keys are drawn."""
    uniform = np.fromiter(
        (unit(f"quota\0{sample_id}") for sample_id in candidates.sample_id),
        np.float64,
        len(candidates.sample_id),
    )
    weights = np.fromiter(
        (recipe.source_weights.get(source or "", 1.0) for source in candidates.texts["source"]),
        np.float64,
        len(candidates.sample_id),
    )
    keys: NDArray[np.float64] = -np.log(uniform) / weights
    return keys


def _draw_quota(
    candidates: Candidates,
    rows: NDArray[np.int64],
    keys: NDArray[np.float64],
    quota: Quota,
    recipe: ReleaseRecipe,
) -> NDArray[np.int64]:
    ids = candidates.sample_id
    ordered = sorted(rows.tolist(), key=lambda row: (keys[row], ids[row]))
    if quota.max_rows_per_source is not None:
        seen: Counter[str | None] = Counter()
        capped = []
        for row in ordered:
            source = candidates.texts["source"][row]
            seen[source] += 1
            if seen[source] <= quota.max_rows_per_source:
                capped.append(row)
        ordered = capped
    if quota.rows is None or len(ordered) <= quota.rows:
        return np.array(sorted(ordered), np.int64)
    strata: dict[tuple[str, ...], list[int]] = {}
    for row in ordered:
        strata.setdefault(_stratum(candidates, row, recipe), []).append(row)
    shares = allocate({name: len(members) for name, members in strata.items()}, quota.rows, recipe.evenness)
    taken = [row for name, members in strata.items() for row in members[: shares[name]]]
    return np.array(sorted(taken), np.int64)


def _stratum(candidates: Candidates, row: int, recipe: ReleaseRecipe) -> tuple[str, ...]:
    parts = []
    for name in recipe.stratify:
        if name == "length":
            parts.append(str(int(np.searchsorted(LENGTH_EDGES, candidates.length[row]))))
        else:
            parts.append(candidates.texts[name][row] or "-")
    return tuple(parts)


def allocate(sizes: Mapping[tuple[str, ...], int], rows: int, evenness: float) -> dict[tuple[str, ...], int]:
    """Share `rows` out among strata in proportion to size ** (1 - evenness), none above its size.

    What a small stratum can't give goes to the others; odd rows go to the largest remainders, then by name.
    """
    shares: dict[tuple[str, ...], int] = {}
    open_ = dict(sorted(sizes.items()))
    left = min(rows, sum(sizes.values()))
    while open_:
        weights = {name: size ** (1 - evenness) for name, size in open_.items()}
        total = sum(weights.values())
        full = [name for name, size in open_.items() if left * weights[name] / total >= size]
        if not full:
            exact = {name: left * weight / total for name, weight in weights.items()}
            shares |= {name: int(value) for name, value in exact.items()}
            odd = left - sum(int(value) for value in exact.values())
            for name in sorted(exact, key=lambda name: (int(exact[name]) - exact[name], name))[:odd]:
                shares[name] += 1
            break
        for name in full:
            shares[name] = open_.pop(name)
            left -= shares[name]
    return shares
