"""How much of the program would have to be typed otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from vincicoder.evaluate.levenshtein import levenshtein
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair

# Characters of a program beyond which it is cut: models that repeat themselves write megabytes.
_MOST_CHARACTERS = 50_000


def edit_similarity(reference: str, answer: str) -> float:
    """Return 1 minus the edit distance over the longer text's length, 0 to 1; of empty texts 1.

    White space around the programs does not count: fences and files differ in it.
    """
    reference, answer = reference.strip()[:_MOST_CHARACTERS], answer.strip()[:_MOST_CHARACTERS]
    longer = max(len(reference), len(answer))
    return 1 - levenshtein(reference, answer) / longer if longer else 1.0


def _measure(pair: Pair) -> Mapping[str, Score]:
    value = edit_similarity(pair.reference.code or "", pair.answer.code or "")
    return {"edit_similarity": Score(value, value)}


METRIC = Metric(
    names=("edit_similarity",),
    source="Levenshtein 1966, over characters, by the longer text",
    measure=_measure,
    applies=lambda pair: pair.reference.code is not None,
)
