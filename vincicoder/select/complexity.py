"""How much structure a program has: the number of things its author had to get right."""

from __future__ import annotations

import ast
import re

from lxml import etree, html

from vincicoder import syntax_tree

_LATEX_TOKEN = re.compile(r"\\[A-Za-z@]+|\\.|--|->|<-|;")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d+)?|[^\sA-Za-z_0-9]")


def structural_complexity(language: str, code: str) -> int:
    """Return a count of a program's parts, at least 1.

    Python: nodes of its syntax tree that are calls, assignments, literals, loops or definitions. HTML and
    SVG: elements and attributes. LaTeX: commands and path operations. Other languages: words and signs.
    Counts of different languages can't be compared: `difficulty_by_rank` compares within one domain and
    language.
    """
    counted = _COUNTERS.get(language, _count_words)(code)
    return max(counted, 1)


def _count_python(code: str) -> int:
    kinds = (
        ast.Call,
        ast.Assign,
        ast.Constant,
        ast.For,
        ast.comprehension,
        ast.FunctionDef,
        ast.BinOp,
        ast.With,
    )
    try:
        return sum(isinstance(node, kinds) for node in ast.walk(syntax_tree.parse(code)))
    except (SyntaxError, ValueError, RecursionError):
        return _count_words(code)


def _count_svg(code: str) -> int:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    return _count_tree(etree.fromstring(code.encode("utf-8", "replace"), parser))


def _count_html(code: str) -> int:
    parser = html.HTMLParser(no_network=True, encoding="utf-8")
    return _count_tree(etree.fromstring(code.encode("utf-8", "replace"), parser))


def _count_tree(root: etree._Element | None) -> int:
    if root is None:
        return 1
    return sum(1 + len(element.attrib) for element in root.iter(etree.Element))


def _count_latex(code: str) -> int:
    return len(_LATEX_TOKEN.findall(code))


def _count_words(code: str) -> int:
    return len(_WORD.findall(code))


_COUNTERS = {
    "python": _count_python,
    "html": _count_html,
    "svg": _count_svg,
    "latex": _count_latex,
}
