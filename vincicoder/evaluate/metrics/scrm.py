"""ChartX's SCRM: how much of a chart's table the answer has, as the mean over ten thresholds of the share.

A table is compared as triples of row, column and value. ChartX asks for the table itself, as text; here it is
read from what the program draws (bars by their labels, points of lines, wedges). Three tolerances are
published, of which the first asks for equal words and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vincicoder.evaluate.levenshtein import levenshtein
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.evaluate.trace import Trace

TOLERANCES = {"strict": (0, 0.0), "slight": (2, 0.05), "high": (5, 0.1)}
"""Edits within the words, and the difference of numbers in parts of the reference's."""
THRESHOLDS: tuple[float, ...] = tuple(np.arange(0.5, 1, 0.05).tolist())

Triple = tuple[str, str, float | str]


def triples_of_text(table: str, column: str = "\t", row: str = "\n") -> list[Triple]:
    """Return a table that is written as text, its first line the header, as triples."""
    text = table.strip()
    if "```" in text:
        text = text.split("```csv" if "```csv" in text else "```")[1].split("```")[0]
    header, *lines = [line.split(column) for line in text.strip().split(row)]
    return [
        triple(cells[0], name, value)
        for cells in lines
        if cells != [""]
        for name, value in zip(header[1:], cells[1:], strict=False)
    ]


def triple(row: str, column: str, value: float | str) -> Triple:
    """Return a cell as it is compared: both names in order, in lower case, and a number where it is one."""
    first, second = sorted((row.strip(), column.strip()))
    text = str(value).strip().replace("%", "").replace("$", "")
    try:
        return first.lower(), second.lower(), float(text)
    except ValueError:
        return first.lower(), second.lower(), text.lower()


def table_share(wanted: Sequence[Triple], answered: Sequence[Triple], tolerance: str, strict: bool) -> float:
    """Return matched cells over all cells of both tables; 0 where neither has one.

    As published, a number is near a negative one whatever it is. `strict` compares sizes.
    """
    words, number = TOLERANCES[tolerance]
    ours, theirs = set(answered), set(wanted)
    matched = {one for one in ours if any(_is_near(one, other, words, number, strict) for other in theirs)}
    union = (ours | theirs) - (matched - (ours & theirs))
    return len(matched) / len(union) if union else 0.0


def _is_near(one: Triple, other: Triple, words: int, number: float, strict: bool) -> bool:
    if isinstance(one[2], float) and isinstance(other[2], float):
        size = abs(other[2]) if strict else other[2]
        near: bool = abs(one[2] - other[2]) / (size + 0.000001) <= number
        return near and levenshtein("".join(one[:2]), "".join(other[:2])) <= words
    return levenshtein("".join(map(str, one)), "".join(map(str, other))) <= words


def scrm(wanted: Sequence[Triple], answered: Sequence[Triple], tolerance: str, strict: bool = False) -> float:
    """Return the share of the ten thresholds, 0.5 to 0.95, that the share of cells reaches."""
    share = table_share(wanted, answered, tolerance, strict)
    return sum(share >= threshold for threshold in THRESHOLDS) / len(THRESHOLDS)


def drawn_table(trace: Trace | None) -> list[Triple]:
    """Return the table that a chart draws; none where there is no record, or a made-up one."""
    rows = trace.parts.get("table") if trace is not None else None
    try:
        return [triple(str(row), str(column), float(value)) for row, column, value in rows or ()]
    except (ValueError, TypeError):
        return []


def _measure(pair: Pair) -> Mapping[str, Score]:
    wanted, answered = drawn_table(pair.reference.trace), drawn_table(pair.answer.trace)
    return {
        f"scrm_{name}": Score(scrm(wanted, answered, name), scrm(wanted, answered, name, strict=True))
        for name in TOLERANCES
    }


METRIC = Metric(
    names=tuple(f"scrm_{name}" for name in TOLERANCES),
    source="open-compass/VLMEvalKit@e8e78f0 vlmeval/dataset/utils/chartx_eval.py",
    measure=_measure,
    applies=lambda pair: bool(drawn_table(pair.reference.trace)),
)
