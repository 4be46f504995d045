"""ChartMimic's low-level scores: texts, layout, types and colours of a chart, each an F1.

`reference` is as published, on matplotlib 3.8.4: a chart that has none of something scores 0 on it even
beside itself, and of more than ten colours only those are compared that are at most 0.7 alike.
`strict` compares all colours, and two charts that both have none of something are equal in it. The published
search through all permutations is an assignment problem here, of the same optimum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from vincicoder.evaluate.color_difference import delta_e_2000, lab
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.evaluate.trace import Trace

_NAMES = ("chartmimic_text", "chartmimic_layout", "chartmimic_type", "chartmimic_color", "chartmimic_low")
_FEW_COLORS, _ALIKE = 10, 0.7
_MOST_COLORS = 400  # of one kind: more are no chart's, and their comparison grows with the square


def f1(matched: float, answered: int, wanted: int) -> float:
    """Return the harmonic mean of matched / answered and matched / wanted; 0 where nothing matches."""
    if not matched:
        return 0.0
    precision, recall = matched / answered, matched / wanted
    return 2 * precision * recall / (precision + recall)


def multiset_f1(wanted: Mapping[Any, int], answered: Mapping[Any, int]) -> float:
    """Return the F1 of two counts of things: each is matched as often as both have it."""
    matched = sum(min(count, answered.get(name, 0)) for name, count in wanted.items())
    return f1(matched, sum(answered.values()), sum(wanted.values()))


def color_likeness(first: str, second: str) -> float:
    """Return 1 minus a hundredth of the CIE 2000 difference, at least 0; names are equal or not."""
    if first.startswith("#") and second.startswith("#"):
        try:
            return max(0.0, 1 - delta_e_2000(lab(first), lab(second)) / 100)
        except ValueError:
            return 0.0
    return float(first == second)


def color_f1(wanted: Sequence[str], answered: Sequence[str]) -> float:
    """Return the F1 of two sets of `kind--colour`: within each kind the best assignment is matched."""
    ours, theirs = _by_kind(wanted), _by_kind(answered)
    matched = sum(_matched(ours[kind], theirs[kind]) for kind in sorted(ours.keys() & theirs.keys()))
    return f1(matched, len(answered), len(wanted))


def few_colors(colors: Sequence[str]) -> list[str]:
    """Return the colours, of more than ten only those not like an earlier one, whatever drew it."""
    if len(colors) <= _FEW_COLORS:
        return list(colors)
    kept: list[str] = []
    for color in colors:
        name = color.partition("--")[2]
        if all(color_likeness(name, other.partition("--")[2]) <= _ALIKE for other in kept):
            kept.append(color)
    return kept


def _by_kind(colors: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for color in colors:
        kind, _, name = color.partition("--")
        if len(found[kind]) < _MOST_COLORS:
            found[kind].append(name)
    return found


def _matched(ours: Sequence[str], theirs: Sequence[str]) -> float:
    likeness = np.array([[color_likeness(one, other) for other in theirs] for one in ours])
    return float(likeness[linear_sum_assignment(likeness, maximize=True)].sum())


def _parts(trace: Trace) -> tuple[Mapping[Any, int], ...]:
    return Counter(trace.texts), Counter(trace.layout), dict(trace.types)


def _measure(pair: Pair) -> Mapping[str, Score]:
    wanted, answered = pair.reference.trace, pair.answer.trace
    assert wanted is not None, "the metric applies to nothing else"
    if answered is None:
        return dict.fromkeys(_NAMES, Score(0.0, 0.0))
    published = [
        multiset_f1(ours, theirs) for ours, theirs in zip(_parts(wanted), _parts(answered), strict=True)
    ]
    strict = [
        score if ours or theirs else 1.0
        for score, ours, theirs in zip(published, _parts(wanted), _parts(answered), strict=True)
    ]
    published.append(color_f1(few_colors(wanted.colors), few_colors(answered.colors)))
    strict.append(color_f1(wanted.colors, answered.colors) if wanted.colors or answered.colors else 1.0)
    values = (*published, sum(published) / 4), (*strict, sum(strict) / 4)
    return {name: Score(one, other) for name, one, other in zip(_NAMES, *values, strict=True)}


METRIC = Metric(
    names=_NAMES,
    source="ChartMimic/ChartMimic@c9e149c "
    "chart2code/utils/evaluator/{text,layout,chart_type,color}_evaluator.py",
    measure=_measure,
    applies=lambda pair: pair.reference.trace is not None,
)
