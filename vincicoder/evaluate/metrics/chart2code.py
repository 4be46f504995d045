"""Chart2Code's scores of a chart's parts: colours, grids, layout, legends, data, looks, texts and types.

Each is an F1 over parts of the last figure, read from the figure itself. The published mean is over the items
whose programs both run. `reference` is as published: the background of axes never matches (it is named by
where it lies in memory), so that a chart beside itself has under 1 in colours; values that are no numbers
differ from themselves. `strict` mends both.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from vincicoder.evaluate.levenshtein import indel_ratio
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.metrics.chartmimic import multiset_f1
from vincicoder.evaluate.pair import Pair
from vincicoder.evaluate.trace import Trace

_WEIGHTS = {
    "patch_face": 1.0,
    "line_color": 1.0,
    "scatter_color": 1.0,
    "text_color": 1.0,
    "scatter_palette": 0.7,
    "patch_edge": 0.01,
    "axes_bg": 0.01,
    "figure_bg": 0.01,
    "axis_label": 0.05,
    "title": 0.05,
}
_OTHER_WEIGHT = 0.1
_BY_MEMORY = "axes_bg"
_DATA = frozenset({"xdata", "ydata", "offsets", "xy", "verts", "width", "height", "sizes"})
_LONGEST = math.sqrt(3 * 255**2)
_MOST_TEXT = 500  # characters of one that are compared


def _f1(matched: float, answered: float, wanted: float) -> float:
    """Return the F1 from sums; where one side has nothing, its share is 1 if the other has nothing either."""
    precision = matched / answered if answered else float(not wanted)
    recall = matched / wanted if wanted else float(not answered)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def color_likeness(first: str, second: str) -> float:
    """Return 1 minus the distance of two #RRGGBB in the cube of colours, by its diagonal."""
    if first == second:
        return 1.0
    try:
        one, two = ([int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in (first, second))
    except ValueError:
        return 0.0
    return 1 - math.dist(one, two) / _LONGEST


def keyed_color_f1(
    wanted: Mapping[str, Mapping[str, str]], answered: Mapping[str, Mapping[str, str]], strict: bool
) -> float:
    """Return the F1 of colours that stand for the same: kinds weigh differently."""
    totals = [
        math.fsum(_WEIGHTS.get(kind, _OTHER_WEIGHT) for kind, colors in side.items() for _ in colors)
        for side in (answered, wanted)
    ]
    if not any(totals):
        return 1.0
    matched = math.fsum(
        _WEIGHTS.get(kind, _OTHER_WEIGHT) * color_likeness(answered[kind][key], wanted[kind][key])
        for kind in answered.keys() & wanted.keys()
        if strict or kind != _BY_MEMORY
        for key in answered[kind].keys() & wanted[kind].keys()
    )
    return _f1(matched, *totals)


def legend_f1(wanted: Sequence[Sequence[Any]], answered: Sequence[Sequence[Any]]) -> float:
    """Return the F1 of legends' texts: equal ones match where the boxes of their legends overlap."""
    left, matched = list(wanted), 0
    for text, *box in answered:
        for place, (other, *other_box) in enumerate(left):
            if text == other and _overlap(box, other_box):
                matched += 1
                del left[place]
                break
    return _f1(matched, len(answered), len(wanted))


def _overlap(first: Sequence[float], second: Sequence[float]) -> bool:
    return all(min(first[end], second[end]) > max(first[end - 2], second[end - 2]) for end in (2, 3))


def text_f1(wanted: Mapping[str, Sequence[str]], answered: Mapping[str, Sequence[str]]) -> float:
    """Return the F1 of texts by kind: each of the answer takes the one left that is most like it."""
    matched = []
    for kind in answered.keys() & wanted.keys():
        left = [text[:_MOST_TEXT] for text in wanted[kind]]
        for text in answered[kind]:
            if not left:
                break
            ratios = [indel_ratio(text[:_MOST_TEXT], other) for other in left]
            best = ratios.index(max(ratios))
            matched.append(ratios[best])
            del left[best]
    return _f1(math.fsum(matched), *(sum(map(len, side.values())) for side in (answered, wanted)))


def element_f1(
    wanted: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]], strict: bool
) -> tuple[float, float]:
    """Return the F1 of elements' data and of their looks.

    Each wanted element takes, of the answer's that are left and of its type, the one that has most values of
    its own.
    """
    left = [_decoded(element) for element in answered]
    totals = [[_counted(side, data) for side in (answered, wanted)] for data in (True, False)]
    matched: tuple[list[float], list[float]] = ([], [])  # exact sums: sets have another order in each process
    for element in map(_decoded, wanted):
        likeness = [
            {
                key: _value_likeness(element.get(key), other.get(key), strict)
                for key in element.keys() | other.keys()
            }
            if other["type"] == element["type"]
            else None
            for other in left
        ]
        sums = [-1.0 if of is None else sum(of[key] for key in element if key != "type") for of in likeness]
        best = max(range(len(left)), key=sums.__getitem__, default=-1)
        if best < 0 or (found := likeness[best]) is None:
            continue
        del left[best]
        for key, value in found.items():
            if key != "type":
                matched[key not in _DATA].append(value)
    data, looks = map(math.fsum, matched)
    return _f1(data, *totals[0]), _f1(looks, *totals[1])


def _counted(elements: Sequence[Mapping[str, Any]], data: bool) -> int:
    return sum((key in _DATA) is data for element in elements for key in element if key != "type")


def _decoded(element: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists of values into sets: of numbers as an array, of texts."""
    found = {}
    for key, value in element.items():
        if isinstance(value, dict) and "numbers" in value:
            value = np.frombuffer(base64.b64decode(value["numbers"]), np.float64)
        elif isinstance(value, dict) and "texts" in value:
            value = frozenset(map(str, value["texts"]))
        found[key] = value
    return found


def _value_likeness(wanted: Any, answered: Any, strict: bool) -> float:
    """Return 1 or 0 for single values, and for lists how many of their numbers or texts both have."""
    if wanted is None or answered is None:
        return float(wanted is None and answered is None)
    if isinstance(wanted, np.ndarray) and isinstance(answered, np.ndarray):
        if strict and wanted.tobytes() == answered.tobytes():
            return 1.0
        if not len(wanted) or not len(answered):
            return float(len(wanted) == len(answered))
        return len(np.intersect1d(wanted, answered, True)) / len(np.union1d(wanted, answered))
    if isinstance(wanted, frozenset) and isinstance(answered, frozenset):
        return len(wanted & answered) / len(wanted | answered) if wanted | answered else 1.0
    if any(isinstance(value, np.ndarray | frozenset) for value in (wanted, answered)):
        return 0.0
    if isinstance(wanted, dict) or isinstance(answered, dict):
        return float(strict and wanted == answered)
    one, other = _number(wanted), _number(answered)
    if one is not None and other is not None:
        return float(np.isclose(one, other)) or float(strict and wanted == answered)
    return float(isinstance(wanted, str) and wanted == answered)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (ValueError, TypeError):
        return None


def _layout(trace: Trace) -> dict[Any, int]:
    return {place: trace.layout.count(place) for place in set(trace.layout)}


def _multiset(wanted: Mapping[Any, int], answered: Mapping[Any, int]) -> float:
    return multiset_f1(wanted, answered) if wanted or answered else 1.0


def _counts(items: Sequence[Any]) -> dict[Any, int]:
    keys = [tuple(item) if isinstance(item, list) else item for item in items]
    return {key: keys.count(key) for key in set(keys)}


# By name: the part of the record, and how two of it are compared, in both modes.
_SCORES: Mapping[str, tuple[str, Callable[[Any, Any, bool], float]]] = {
    "color": ("keyed_colors", keyed_color_f1),
    "grid": ("grids", lambda one, other, _: _multiset(_counts(one), _counts(other))),
    "legend": ("legends", lambda one, other, _: legend_f1(one, other)),
    "data": ("elements", lambda one, other, strict: element_f1(one, other, strict)[0]),
    "visual": ("elements", lambda one, other, strict: element_f1(one, other, strict)[1]),
    "text": ("texts_by_kind", lambda one, other, _: text_f1(one, other)),
    "type": ("chart_types", lambda one, other, _: _multiset(_counts(one), _counts(other))),
}
_NAMES = (*(f"chart2code_{name}" for name in _SCORES), "chart2code_layout")


def _measure(pair: Pair) -> Mapping[str, Score]:
    wanted, answered = pair.reference.trace, pair.answer.trace
    assert wanted is not None, "the metric applies to nothing else"
    if answered is None:
        return dict.fromkeys(_NAMES, Score(None, 0.0))
    found = {}
    for name, (part, compare) in _SCORES.items():
        sides = wanted.parts.get(part), answered.parts.get(part)
        found[f"chart2code_{name}"] = _both_modes(*sides, compare)
    layout = _multiset(_layout(wanted), _layout(answered))
    return {**found, "chart2code_layout": Score(layout, layout)}


def _both_modes(wanted: Any, answered: Any, compare: Callable[[Any, Any, bool], float]) -> Score:
    """Compare a part in both modes. One that could not be read, or that a program made up, has no score."""
    if wanted is None or answered is None:
        return Score(None, 0.0)
    try:
        values = [float(compare(wanted, answered, strict)) for strict in (False, True)]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return Score(None, 0.0)
    return Score(values[0], min(max(values[1], 0.0), 1.0))


METRIC = Metric(
    names=_NAMES,
    source="CSU-JPG/Chart2Code@781a14f Evaluation/srcs/"
    "{color,grid,layout,legend,parameter,text,type}_evaluator.py",
    measure=_measure,
    applies=lambda pair: pair.reference.trace is not None and bool(pair.reference.trace.parts),
    failed=None,
    version=2,
)
