"""Which text of an answer's page is which of the reference's: the best assignment by likeness of texts.

From NoviScl/Design2Code@7a575e4 Design2Code/metrics/visual_score.py (`find_possible_merge`). Neighbouring
blocks become one where that makes the texts of the whole page more alike; the likeness of two texts is
computed once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vincicoder.evaluate.text_blocks import TextBlock

MOST_BLOCKS = 300
"""Of a page with more, these first ones are compared: the time grows with the cube of their number."""

_GAIN, _BONUS, _ENOUGH = 0.05, 0.1, 0.5
_NEARER = 1e-6  # what a page's length of distance costs, so that of equal texts the nearer ones are a pair

Costs = NDArray[np.float64]


def one_a_box(blocks: Sequence[TextBlock]) -> list[TextBlock]:
    """Return the blocks, those of one box put together: their texts in order, their colours averaged."""
    found: dict[tuple[float, ...], TextBlock] = {}
    for block in blocks:
        before = found.get(block.box)
        if before is not None:
            red, green, blue = (
                (one + other) / 2 for one, other in zip(before.color, block.color, strict=True)
            )
            block = TextBlock(f"{before.text} {block.text}", block.box, (red, green, blue))
        found[block.box] = block
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Matching:
    """`pairs` are blocks of the answer and the reference with the likeness of their texts (0.5 to 1), `alone`
    the blocks of both that are in none, and `answer` all of the answer's after merging."""

    pairs: list[tuple[TextBlock, TextBlock, float]]
    alone: list[TextBlock]
    answer: list[TextBlock]


def match_blocks(
    answer: Sequence[TextBlock], reference: Sequence[TextBlock], by_place: bool = False
) -> Matching:
    """Return which block is which. With `by_place`, the nearer of equal texts are a pair; the published
    choice among them is any."""
    likeness = _Likeness()
    ours, theirs = one_a_box(answer)[:MOST_BLOCKS], one_a_box(reference)[:MOST_BLOCKS]
    changed = True
    while changed:
        merged = _merged(ours, theirs, likeness, flipped=False)
        changed, ours = len(merged) < len(ours), merged
        merged = _merged(theirs, ours, likeness, flipped=True)
        changed, theirs = changed or len(merged) < len(theirs), merged
    costs = _with_context(likeness.costs(ours, theirs))
    if by_place:
        costs = costs + _NEARER * np.array([[_apart(one, other) for other in theirs] for one in ours])
    rows, columns = linear_sum_assignment(costs)
    matches, taken = [], (set[int](), set[int]())
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        alike = likeness.of(ours[row].text, theirs[column].text)
        if alike >= _ENOUGH:
            matches.append((ours[row], theirs[column], alike))
            taken[0].add(row)
            taken[1].add(column)
    alone = [block for place, block in enumerate(ours) if place not in taken[0]]
    alone += [block for place, block in enumerate(theirs) if place not in taken[1]]
    return Matching(matches, alone, ours)


class _Likeness:
    """The likeness of two texts, an answer's and a reference's, 0 to 1."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], float] = {}

    def of(self, answer: str, reference: str) -> float:
        """Return that of two texts: twice what matches over both lengths."""
        found = self._known.get((answer, reference))
        if found is None:
            found = self._known[answer, reference] = SequenceMatcher(None, answer, reference).ratio()
        return found

    def costs(self, answer: Sequence[TextBlock], reference: Sequence[TextBlock]) -> Costs:
        """Return minus the likeness of each with each."""
        return -np.array([[self.of(one.text, other.text) for other in reference] for one in answer])


def _merged(
    blocks: list[TextBlock], others: list[TextBlock], likeness: _Likeness, flipped: bool
) -> list[TextBlock]:
    """Return the blocks after merging neighbours that gain by it, the largest gain first."""
    if len(blocks) < 2:
        return blocks

    def costs(some: Sequence[TextBlock]) -> Costs:
        return likeness.costs(others, some).T if flipped else likeness.costs(some, others)

    whole = costs(blocks)
    before = _assigned(whole, flipped)
    gains = []
    for place in range(len(blocks) - 1):
        pair = _together(blocks[place], blocks[place + 1])
        fewer = np.concatenate((whole[:place], costs([pair]), whole[place + 2 :]))
        gain = _difference_of_means(before, _assigned(fewer, flipped))
        if gain > _GAIN:
            gains.append((gain, place))
    gains.sort(key=lambda found: found[0], reverse=True)
    kept: list[TextBlock | None] = list(blocks)
    used: set[int] = set()
    for _, place in gains:
        if not {place, place + 1} & used:
            kept[place], kept[place + 1] = _together(blocks[place], blocks[place + 1]), None
            used |= {place, place + 1}
    return [block for block in kept if block is not None]


def _assigned(costs: Costs, flipped: bool) -> list[float]:
    """Return the costs of the best assignment, in the order in which the published code has them."""
    table = costs.T if flipped else costs
    found: list[float] = table[linear_sum_assignment(table)].tolist()
    return found


def _together(first: TextBlock, second: TextBlock) -> TextBlock:
    left, top = (min(first.box[side], second.box[side]) for side in (0, 1))
    right, bottom = (
        max(first.box[side] + first.box[side + 2], second.box[side] + second.box[side + 2]) for side in (0, 1)
    )
    red, green, blue = ((one + other) // 2 for one, other in zip(first.color, second.color, strict=True))
    return TextBlock(
        f"{first.text} {second.text}", (left, top, right - left, bottom - top), (red, green, blue)
    )


def _difference_of_means(before: list[float], after: list[float]) -> float:
    """Return how much lower the mean cost is, of what is not in both; 0 where the best is not lower too."""
    first, second = Counter(before), Counter(after)
    gone, new = list((first - second).elements()), list((second - first).elements())
    found = (sum(gone) / len(gone) if gone else 0.0) - (sum(new) / len(new) if new else 0.0)
    if found > 0 and not (gone and new and min(gone) > min(new)):
        return 0.0
    return found


def _with_context(costs: Costs) -> Costs:
    """Return the costs where texts over half alike gain by neighbours that are alike too: a tenth of the two
    lowest costs around them."""
    adjusted = costs.copy()
    for row, column in zip(*np.nonzero(costs < -_ENOUGH), strict=True):
        near = costs[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].ravel()
        ordered = np.sort(near)[::-1]
        ordered = np.delete(ordered, np.nonzero(ordered == costs[row, column])[0][0])
        adjusted[row, column] += _BONUS * ordered[-2:].sum()
    return adjusted


def _apart(one: TextBlock, other: TextBlock) -> float:
    (x, y), (u, v) = ((box[0] + box[2] / 2, box[1] + box[3] / 2) for box in (one.box, other.box))
    return max(abs(x - u), abs(y - v))
