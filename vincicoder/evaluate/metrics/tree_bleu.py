"""TreeBLEU: the share of the reference page's elements with children that the answer has too.

An element counts with the names of its child elements in order; each such form counts once. `reference` reads
only what stands in an `html` element, and leaves out pages that draw nothing; `strict` reads fragments.
"""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.sample import Language

_EMPTY = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "menuitem", "meta"),
        *("param", "source", "track", "wbr", "basefont", "bgsound", "command", "frame", "image", "isindex"),
        *("nextid", "spacer"),
    }
)
_MOST_CHARACTERS = 1_000_000
_ROOT = ""


class _Outline(HTMLParser):
    """The elements of a page as Beautiful Soup nests them with this parser: nothing is closed that the page
    does not close, an end tag closes all within its element, and one without an element does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.children: list[tuple[str, list[int]]] = [(_ROOT, [])]
        self._open = [0]
        self._opened: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: object) -> None:
        number = len(self.children)
        self.children.append((tag, []))
        self.children[self._open[-1]][1].append(number)
        if tag not in _EMPTY:
            self._open.append(number)
            self._opened[tag] = self._opened.get(tag, 0) + 1

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._opened.get(tag):
            name = self.children[self._open.pop()][0]
            self._opened[name] -= 1
            if name == tag:
                return


def tree_forms(page: str, only_html: bool) -> set[str]:
    """Return every form of an element with children, as the names of it and its children.

    With `only_html`, of the first `html` element and what it holds; none where there is no such element.
    """
    outline = _Outline()
    outline.feed(page[:_MOST_CHARACTERS])
    outline.close()
    nodes = outline.children
    wanted = [number for number, (name, _) in enumerate(nodes) if not only_html or name == "html"][:1]
    forms: set[str] = set()
    while wanted:
        name, children = nodes[wanted.pop()]
        wanted += children
        if children:
            forms.add("_".join([name, *(nodes[child][0] for child in children)]))
    return forms


def _share(reference: set[str], answer: set[str]) -> float:
    return len(reference & answer) / len(reference) if reference else 0.0


def _measure(pair: Pair) -> Mapping[str, Score]:
    pages = (pair.reference.code or "", pair.answer.code or "")
    published = [tree_forms(page, only_html=True) for page in pages]
    whole = [tree_forms(page, only_html=False) for page in pages]
    # A page without an `html` element has no trees, and a division by their number ends in no score.
    reference = _share(*published) if published[0] else 0.0
    return {"tree_bleu": Score(reference, _share(*whole))}


METRIC = Metric(
    names=("tree_bleu",),
    source="InternLM/JanusCoder@9feb320 evaluation/WebCode2M/scripts/evaluation/metrics.py (dom_sim)",
    measure=_measure,
    applies=lambda pair: (
        pair.language == Language.HTML and bool(tree_forms(pair.reference.code or "", only_html=False))
    ),
    failed=None,
)
