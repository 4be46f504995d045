"""How long the answer's program is beside the reference's."""

from __future__ import annotations

from collections.abc import Mapping

from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair


def _measure(pair: Pair) -> Mapping[str, Score]:
    wanted, answered = (len((side.code or "").strip()) for side in (pair.reference, pair.answer))
    ratio = answered / wanted
    return {"code_length": Score(ratio, min(ratio, 1 / ratio) if ratio else 0.0)}


METRIC = Metric(
    names=("code_length",),
    source="joanrod/star-vector@0e083c1 starvector/metrics/count_token_length.py counts tokens of "
    "starcoder2-7b; here characters, which every language has",
    measure=_measure,
    applies=lambda pair: bool((pair.reference.code or "").strip()),
    failed=None,
)
