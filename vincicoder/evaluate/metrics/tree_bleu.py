"""TreeBLEU: the share of the reference page's elements with children that the answer has too.

An element counts with the names of its child elements in order; each such form counts once. `reference` reads
only what stands in an `html` element, and leaves out pages that draw nothing; `strict` reads fragments.
"""

from __future__ import annotations

from collections.abc import Mapping

from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.page_tree import Element, read_page
from vincicoder.evaluate.pair import Pair
from vincicoder.sample import Language


def tree_forms(page: str, only_html: bool) -> set[str]:
    """Return every form of an element with children, as the names of it and its children.

    With `only_html`, of the first `html` element and what it holds; none where there is no such element.
    """
    root = read_page(page)
    top = root.first("html") if only_html else root
    forms: set[str] = set()
    for element in () if top is None else (top, *top.elements()):
        names = [child.name for child in element.children if isinstance(child, Element)]
        if names:
            forms.add("_".join([element.name, *names]))
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
