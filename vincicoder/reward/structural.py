"""How alike two programs' structures are, by measures that need no picture: an optional term of the reward.

Charts by ChartMimic's four scores, from the record of the same draw that gave the picture; pages by their
elements with children; SVG by its elements, with their paint and text. All are F1, so that what an answer has
beside costs as much as what it lacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from html.parser import HTMLParser

from vincicoder.sample import Language

_SHAPES = frozenset(
    {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "image", "use"}
)
_MOST_CHARACTERS = 200_000


def needs_record(language: str) -> bool:
    """Whether a language's structure is read from the record of a draw."""
    return language == Language.PYTHON


def structure_likeness(
    language: str, wanted: str | None, answered: str, wanted_record: str, answered_record: str
) -> float | None:
    """Return how alike an answer's program is to the row's own, 0 to 1.

    None where it cannot be said: the row has no program, its language no such measure, or its own program
    draws no chart. The records are those of `vincicoder.evaluate.trace`.
    """
    if wanted is None:
        return None
    if language == Language.HTML:
        return _pages(wanted, answered)
    if language == Language.SVG:
        return _drawings(wanted, answered)
    return _charts(wanted_record, answered_record) if needs_record(language) else None


def _charts(wanted_record: str, answered_record: str) -> float | None:
    from vincicoder.evaluate.metrics.chartmimic import METRIC
    from vincicoder.evaluate.pair import Pair, Side
    from vincicoder.evaluate.trace import read_trace

    wanted, answered = read_trace(wanted_record), read_trace(answered_record)
    if wanted is None:
        return None
    pair = Pair("", Language.PYTHON, "", Side(trace=wanted), Side(trace=answered))
    return METRIC.measure(pair)["chartmimic_low"].strict


def _pages(wanted: str, answered: str) -> float | None:
    from vincicoder.evaluate.metrics.tree_bleu import tree_forms

    return _f1(*(tree_forms(page, only_html=False) for page in (wanted, answered)))


def _drawings(wanted: str, answered: str) -> float | None:
    sides = [_elements(code) for code in (wanted, answered)]
    names = _f1(*([name for name, *_ in side] for side in sides))
    whole = _f1(*sides)
    return None if names is None or whole is None else (names + whole) / 2


def _f1(ours: Iterable[Hashable], theirs: Iterable[Hashable]) -> float | None:
    wanted, answered = Counter(ours), Counter(theirs)
    both = wanted.total() + answered.total()
    return 2 * (wanted & answered).total() / both if wanted else None


def _elements(code: str) -> list[tuple[str, str, str, str]]:
    reader = _Shapes()
    reader.feed(code[:_MOST_CHARACTERS])
    reader.close()
    return [(name, fill, stroke, text) for name, fill, stroke, text in reader.found]


class _Shapes(HTMLParser):
    """The elements of an SVG that draw something: name, fill, stroke, and the text that begins in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._writes = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._writes = tag in _SHAPES
        if self._writes:
            given = {name: (value or "").strip().lower() for name, value in attrs}
            self.found.append([tag, given.get("fill", ""), given.get("stroke", ""), ""])

    def handle_data(self, data: str) -> None:
        if self._writes and data.strip():
            self.found[-1][3] = " ".join(data.split())
            self._writes = False

    def handle_endtag(self, tag: str) -> None:
        self._writes = False
