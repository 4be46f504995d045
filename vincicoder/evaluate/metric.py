"""What a metric is, and how the failures of a pair are scored: by the driver, for every metric alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from vincicoder.evaluate.pair import Pair, Tries

EXECUTION = "execution"
"""The share of items whose answer draws a picture; in `strict`, one that shows something."""

_PASS_AT = (2, 4, 5, 8, 10, 16)
OF_TRIES = ("execution_retried", "execution_a_try", *(f"execution_pass_at_{k}" for k in _PASS_AT))
"""Where items were answered several times: the share of items of which any try draws, which is what is
published where an item is tried until it compiles; the mean share of an item's tries that draw, which is
pass@1; and pass@k for each k up to the most tries of an item."""


@dataclass(frozen=True, slots=True)
class Score:
    """One metric of one item in its two modes.

    `reference` is what the published evaluator enters into its mean, None where it leaves the item out.
    `strict` is always there.
    """

    reference: float | None
    strict: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric, or several that are measured together.

    `names` are those of the scores; `source` is where the formula is published: repository, commit, file.
    `worst` and `best` are the bounds of every score of it: what a failure and a pair of equals earn in
    `strict`. `failed` is what the published evaluator enters for an answer that draws nothing: a number, None
    where it leaves the item out of its mean, or a function where that depends on the reference. `applies`
    says which items have the metric at all; it looks at the reference alone, so that all answers to a
    benchmark have one denominator. `measure` is asked for pairs that have both pictures. Raise `version` when
    a score changes.
    """

    names: tuple[str, ...]
    source: str
    measure: Callable[[Pair], Mapping[str, Score]]
    applies: Callable[[Pair], bool]
    worst: float = 0.0
    best: float = 1.0
    failed: float | Callable[[Pair], Mapping[str, float]] | None = 0.0
    version: int = 1


def score_pair(metrics: Sequence[Metric], pair: Pair) -> dict[str, Score]:
    """Return all scores of a pair by name, that of `execution` among them.

    A reference that draws nothing here leaves nothing to compare with: the metrics have no `reference` score
    then, and the worst in `strict`. An answer that draws nothing, or a blank where the reference is none,
    earns the worst in `strict`.
    """
    drawn = pair.answer.png is not None
    empty = not drawn or (pair.answer.is_blank and not pair.reference.is_blank)
    found = {EXECUTION: Score(float(drawn), float(not empty))}
    if pair.tries is not None:
        found |= _of_tries(pair.tries, blank_is_right=pair.reference.is_blank)
    for metric in metrics:
        if not metric.applies(pair):
            continue
        scores: Mapping[str, Score]
        if pair.reference.png is None:
            scores = dict.fromkeys(metric.names, Score(None, metric.worst))
        elif not drawn:
            scores = _failed(metric, pair)
        else:
            scores = metric.measure(pair)
        for name in metric.names:
            found[name] = Score(scores[name].reference, metric.worst) if empty else scores[name]
    return found


def _of_tries(tries: Tries, blank_is_right: bool) -> dict[str, Score]:
    right = tries.drawn if blank_is_right else tries.shown
    number = max(tries.number, 1)
    retried = Score(float(tries.drawn > 0), float(right > 0))
    passed = [
        Score(pass_at(k, tries.number, tries.drawn), pass_at(k, tries.number, right))
        for k in _PASS_AT
        if k <= tries.most
    ]
    return dict(zip(OF_TRIES, (retried, Score(tries.drawn / number, right / number), *passed), strict=False))


def pass_at(k: int, tries: int, right: int) -> float:
    """Return the chance that one of `k` tries is right, drawn without putting back from `tries` of which
    `right` are: Chen et al. 2021, "Evaluating large language models trained on code", equation 1.

    Tries that are missing to `k` count as wrong.
    """
    tries = max(tries, k)
    return 1 - comb(tries - right, k) / comb(tries, k)


def _failed(metric: Metric, pair: Pair) -> Mapping[str, Score]:
    if callable(metric.failed):
        return {name: Score(value, metric.worst) for name, value in metric.failed(pair).items()}
    return dict.fromkeys(metric.names, Score(metric.failed, metric.worst))
