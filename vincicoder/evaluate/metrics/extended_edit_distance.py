"""The extended edit distance of TeX programs: an edit distance in which the answer may be read with jumps."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from vincicoder.evaluate.code_tokens import lexer_of
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.sample import Language

_JUMP, _REVISIT, _DELETION, _INSERTION = 2.0, 0.3, 0.2, 1.0
_MOST_CHARACTERS = 10_000  # of a program: the time grows with the product of both lengths
_PUNCTUATION = str.maketrans({mark: f" {mark}" for mark in ".!?,"})
_ABBREVIATIONS = (("e . g .", "e.g."), ("i . e .", "i.e."), ("U . S .", "U.S."))


def extended_edit_distance(reference: str, answer: str) -> float:
    """Return the distance of two texts, 0 to 1 (Stanchev, Wang and Ney 2019). Both begin and end with blanks.

    The reference is gone through character by character, and every character of the answer is a place one
    may be at. `costs` are those of the cheapest way to each place so far; after a blank of the reference one
    may jump anywhere. Places that were the cheapest more than once, or never, cost extra.
    """
    characters = np.array(list(answer), dtype="U1")
    costs = np.ones(len(answer) + 1)
    costs[0] = 0.0
    visits = np.full(len(answer) + 1, -1)
    for character in reference:
        stepped = costs + _INSERTION
        np.minimum(stepped[1:], costs[:-1] + (characters != character), out=stepped[1:])
        costs = _with_deletions(stepped)
        cheapest = int(costs.argmin())
        visits[cheapest] += 1
        if character == " ":
            costs = np.minimum(costs, _JUMP + costs[cheapest])
    coverage = _REVISIT * int(np.where(visits >= 0, visits, 1).sum())
    return float(min(1.0, (costs[-1] + coverage) / (len(reference) + coverage)))


def _with_deletions(
    costs: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Let every place be reached from the one before it, too: added up one by one, as rounding decides which
    of equal places is the cheapest."""
    while True:
        reached = np.minimum(costs[1:], costs[:-1] + _DELETION)
        if np.array_equal(reached, costs[1:]):
            return costs
        costs[1:] = reached


def tex_text(code: str) -> str:
    """Return a TeX program as one line of words: comments gone, punctuation within texts apart."""
    from pygments.token import Comment, Text

    words: list[str] = []
    for kind, text in lexer_of(Language.LATEX).get_tokens(code[:_MOST_CHARACTERS]):
        if kind is Text:
            words += _spaced(text).split()
        elif kind is not Comment:
            words += text.split()
    return f" {' '.join(words)} "


def _spaced(text: str) -> str:
    """Prepare English prose as EED's authors do."""
    text = re.sub(r"\s+", " ", text.rstrip().translate(_PUNCTUATION))
    text = re.sub(r"(\d) ([.,]) (\d)", r"\1\2\3", text)
    text = re.sub(r"(Dr|Jr|Prof|Rev|Gen|Mr|Mt|Mrs|Ms) .", r"\1.", text)
    for apart, together in _ABBREVIATIONS:
        text = text.replace(apart, together)
    return text


def _measure(pair: Pair) -> Mapping[str, Score]:
    reference, answer = (tex_text(side.code or "") for side in (pair.reference, pair.answer))
    # Reading a text with itself costs nothing but for the places that no step ends on.
    strict = 0.0 if reference == answer else extended_edit_distance(reference, answer)
    return {"extended_edit_distance": Score(extended_edit_distance(reference, answer), strict)}


METRIC = Metric(
    names=("extended_edit_distance",),
    source="potamides/DeTikZify@e2c3558 detikzify/evaluate/eed.py; "
    "torchmetrics 1.9.0 functional/text/eed.py (alpha 2, rho 0.3, deletion 0.2, insertion 1)",
    measure=_measure,
    applies=lambda pair: pair.language == Language.LATEX and pair.reference.code is not None,
    worst=1.0,
    best=0.0,
    failed=None,
)
