"""CrystalBLEU: BLEU over a program's tokens that leaves out what any two programs of its language share.

What all share is the 500 most frequent sequences of one to four tokens in a corpus: DeTikZify takes them from
the training split of DaTikZ, this from programs of package registries (`vincicoder/evaluate/shared_ngrams`).
The published score of a test set pools the counts of all its items; here each item has a score.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from vincicoder.evaluate.code_tokens import code_tokens
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair

ORDERS = (1, 2, 3, 4)
Ngram = tuple[str, ...]
_FOLDER = Path(__file__).parent.parent / "shared_ngrams"


@cache
def shared_ngrams(language: str) -> frozenset[Ngram]:
    """Return the sequences of tokens that programs of a language share anyway; none where none are known."""
    path = _FOLDER / f"{language}.json"
    return frozenset(map(tuple, json.loads(path.read_text("utf-8")))) if path.is_file() else frozenset()


def ngrams(tokens: Sequence[str], order: int) -> list[Ngram]:
    """Return all sequences of `order` tokens that follow each other."""
    return [tuple(tokens[place : place + order]) for place in range(len(tokens) - order + 1)]


def crystal_bleu(
    reference: Sequence[str], answer: Sequence[str], shared: frozenset[Ngram], strict: bool = False
) -> float:
    """Return the CrystalBLEU of an answer, 0 to 1.

    As published, an order of which nothing matches counts as the smallest number there is, so that the score
    is about 0 whatever the other orders say, equal programs of fewer than four tokens included. `strict`
    leaves out orders of which neither program has a sequence, and programs that share all are equal or not.
    """
    logarithms = []
    for order in ORDERS:
        wanted, found = (
            Counter(ngram for ngram in ngrams(tokens, order) if ngram not in shared)
            for tokens in (reference, answer)
        )
        matched, total = (wanted & found).total(), found.total()
        if order == 1 and not matched and not strict:
            return 0.0
        if strict and not matched:
            if wanted or found:
                return 0.0
            continue
        logarithms.append(math.log(matched / max(1, total) if matched else sys.float_info.min))
    if not logarithms:
        return float(reference == answer)
    short = 1.0 if len(answer) > len(reference) else math.exp(1 - len(reference) / max(1, len(answer)))
    return short * math.exp(math.fsum(logarithms) / len(logarithms))


def _measure(pair: Pair) -> Mapping[str, Score]:
    reference, answer = (
        code_tokens(side.code or "", pair.language) for side in (pair.reference, pair.answer)
    )
    shared = shared_ngrams(pair.language)
    return {
        "crystal_bleu": Score(
            crystal_bleu(reference, answer, shared), crystal_bleu(reference, answer, shared, strict=True)
        )
    }


METRIC = Metric(
    names=("crystal_bleu",),
    source="Eghbali and Pradel 2022 (crystalbleu 0.2); potamides/DeTikZify@e2c3558 "
    "detikzify/evaluate/crystalbleu.py",
    measure=_measure,
    applies=lambda pair: pair.reference.code is not None and bool(shared_ngrams(pair.language)),
    failed=None,
)
