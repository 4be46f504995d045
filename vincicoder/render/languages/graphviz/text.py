"""Graphviz as text: its comments, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.c_like_text import c_like_form
from vincicoder.render.languages.code_head import CodeHead

START = re.compile(
    r"(?:(?://|#)[^\n]*+\s++|(?>/\*.*?\*/)\s*+)*+(?:strict\s++)?(?:di)?graph\s++\w*+\s*+\{", re.S
)
GRAPH = re.compile(r"(?:strict\s++)?(?:di)?graph\b\s*+(?:\"[^\"\n]{0,200}\"|[\w.-]{0,200}+)\s*+\{")
_LAYOUT_MATTERS = re.compile(r"<\s*<|=\s*<|^[^\S\n]*+#", re.M)  # HTML-like labels, preprocessor lines

_COMMENT = re.compile(r"/\*.*?\*/|(?m:^[ \t]*(?://|#)[^\n]*)|(?<=[;{}\s])//[^\n]*", re.DOTALL)


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the graph with every comment passed through `change`."""
    return _COMMENT.sub(lambda match: change(match[0]), code)


def normal_form(code: str) -> str:
    """Return the graph without comments and layout, where neither can show."""
    return code if _LAYOUT_MATTERS.search(code) else c_like_form(code)


def recognise(head: CodeHead) -> bool | None:
    """Recognise a graph by its first word, its name and its brace."""
    return True if GRAPH.match(head.body()) else None
