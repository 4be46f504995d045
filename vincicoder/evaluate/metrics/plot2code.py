"""Plot2Code's text match: the share of a figure's texts that the answer has too, at nearly the same place.

Places are compared as matplotlib keeps them: in data units for what is drawn into axes, in parts of the axes
or the figure for titles. The published mean leaves failures out, as their pictures are white.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.evaluate.trace import PlacedText, Trace

_NEAR = 0.8  # of exp(-distance / 100)


def text_match(reference: Trace, answer: Trace) -> float:
    """Return matched / (matched + unmatched of either), 0 to 1; 1 where neither has a text."""
    ratios = [own / other for own, other in zip(reference.size, answer.size, strict=True)]
    left = list(answer.placed)
    matched = 0
    for text in reference.placed:
        place = _first_match(text, left, ratios)
        if place is not None:
            del left[place]
            matched += 1
    total = len(reference.placed) + len(left)
    return matched / total if total else 1.0


def _first_match(text: PlacedText, others: Sequence[PlacedText], ratios: Sequence[float]) -> int | None:
    for place, other in enumerate(others):
        if other.text == text.text and _is_near(text, other, ratios):
            return place
    return None


def _is_near(text: PlacedText, other: PlacedText, ratios: Sequence[float]) -> bool:
    if text.x is None or text.y is None or other.x is None or other.y is None:
        return False
    distance = math.hypot(text.x - other.x * ratios[0], text.y - other.y * ratios[1])
    return math.exp(-distance / 100) > _NEAR


def _measure(pair: Pair) -> Mapping[str, Score]:
    wanted, answered = pair.reference.trace, pair.answer.trace
    assert wanted is not None, "the metric applies to nothing else"
    value = 0.0 if answered is None else text_match(wanted, answered)
    return {"plot2code_text": Score(value, value)}


METRIC = Metric(
    names=("plot2code_text",),
    source="TencentARC/Plot2Code@7c5d501 plot2code/eval/text_match_score.py",
    measure=_measure,
    applies=lambda pair: pair.reference.trace is not None,
    failed=None,
)
