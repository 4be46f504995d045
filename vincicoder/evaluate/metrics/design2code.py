"""Design2Code's scores of a page's texts: how much of them is matched, and how alike what is matched is.

`reference`: pages of which no text is found have 0. `strict`: two pages without texts are equal in them, a
page counts whole, with or without a `body` of its own, and of equal texts the nearer ones are a pair. The
fifth score, of CLIP, and the mean of all are in `encoder_metrics.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vincicoder.evaluate.block_matching import match_blocks
from vincicoder.evaluate.color_difference import delta_e_2000, lab_of
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.evaluate.text_blocks import NO_BLOCKS, TextBlock
from vincicoder.sample import Language

_PARTS = ("block_match", "text", "position", "color")
_NAMES = tuple(f"design2code_{part}" for part in _PARTS)
_NOTHING, _ALL = (0.0,) * 4, (1.0,) * 4


@dataclass(frozen=True, slots=True)
class Compared:
    """Matched area, likeness of texts, nearness and likeness of colours, each 0 to 1; and the answer's blocks
    as the matching left them, which are painted over in the picture that CLIP sees as published."""

    scores: tuple[float, ...]
    answer: Sequence[TextBlock]


def compared(answer: Sequence[TextBlock], reference: Sequence[TextBlock], strict: bool) -> Compared:
    """Compare the texts of two pages."""
    if not answer or not reference:
        equal = strict and not answer and not reference
        return Compared(_ALL if equal else _NOTHING, answer)
    found = match_blocks(answer, reference, by_place=strict)
    if not found.pairs:
        return Compared(_NOTHING, found.answer)
    matched = math.fsum(_area(one) + _area(other) for one, other, _ in found.pairs)
    total, number = matched + math.fsum(map(_area, found.alone)), len(found.pairs)
    scores = (
        matched / total,
        math.fsum(alike for _, _, alike in found.pairs) / number,
        math.fsum(1 - _distance(one, other) for one, other, _ in found.pairs) / number,
        math.fsum(_color_likeness(one, other) for one, other, _ in found.pairs) / number,
    )
    return Compared(scores, found.answer)


def _area(block: TextBlock) -> float:
    return block.box[2] * block.box[3]


def _distance(one: TextBlock, other: TextBlock) -> float:
    first, second = (
        (block.box[0] + block.box[2] / 2, block.box[1] + block.box[3] / 2) for block in (one, other)
    )
    return max(abs(first[0] - second[0]), abs(first[1] - second[1]))


def _color_likeness(one: TextBlock, other: TextBlock) -> float:
    return max(0.0, 1 - delta_e_2000(lab_of(one.color), lab_of(other.color)) / 100)


def both_ways(pair: Pair) -> tuple[Compared, Compared]:
    """Compare the texts of a pair as published, and strictly."""
    if "design2code" not in pair.kept:
        reference, answer = (side.blocks or NO_BLOCKS for side in (pair.reference, pair.answer))
        pair.kept["design2code"] = (
            compared(answer.published, reference.published, strict=False),
            compared(answer.whole, reference.whole, strict=True),
        )
    found: tuple[Compared, Compared] = pair.kept["design2code"]
    return found


def applies(pair: Pair) -> bool:
    """Whether the reference is a page whose texts are known."""
    return pair.language == Language.HTML and pair.reference.blocks is not None


METRIC = Metric(
    names=_NAMES,
    source="NoviScl/Design2Code@7a575e4 Design2Code/metrics/{visual_score,ocr_free_utils}.py",
    measure=lambda pair: _named(*(found.scores for found in both_ways(pair))),
    applies=applies,
)


def _named(published: Sequence[float], strict: Sequence[float]) -> Mapping[str, Score]:
    return {name: Score(one, other) for name, one, other in zip(_NAMES, published, strict, strict=True)}
