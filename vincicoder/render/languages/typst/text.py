"""Typst as text: its comments, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.code_head import CodeHead

# Strings and raw text first: what looks like a comment in them is none, nor in an address.
_OPAQUE = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*+(?:\"|$)|`[^`\n]*+`|(?<!:)//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL | re.MULTILINE
)
_STATEMENTS = re.compile(
    r"^#(?:set (?:page|text|par|math\.\w+|heading|table|document|list|enum|figure|align|rect|circle|box|"
    r"block)\(|show(?:[ \t]+[\w.-]++(?:\([^)\n]{0,200}\))?)?:|let [\w-]++(?:\([^)\n]{0,200}\))?[ \t]*=|"
    r"import \"@\w+/|"
    r"(?:table|grid)\(\s*columns\s*:|align\((?:center|left|right|top|bottom|horizon)\b|lorem\(\d|"
    r"figure\(\s*(?:table|image|rect|circle|block|box|grid|canvas)\b|place\((?:center|left|right|top|bottom)\b)",
    re.MULTILINE,
)
# A hash begins a comment there.
_OTHERS = re.compile(
    r"^(?:import [\w.]+|from [\w.]+ import\b|def \w+\(|class \w+|plt\.|print\(|library\(|using \w+|\w+ ?<- )",
    re.MULTILINE,
)
_KIND = re.compile(r"#(table|figure|grid|canvas|cetz\.canvas|circle|rect|polygon|curve)\b")


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the document with every comment passed through `change`."""
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "/" else match[0], code)


def normal_form(code: str) -> str:
    """Return the document without comments and blanks at line ends; blank lines are paragraphs."""
    text = map_comments(code, lambda comment: "" if comment.startswith("//") else " ")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def chart_type(code: str) -> str:
    """Return what a document is made with, such as `table`; `document` where it is plain text."""
    kind = _KIND.search(code)
    return kind[1].rpartition(".")[2] if kind else "document"


def recognise(head: CodeHead) -> bool | None:
    """Recognise a document by rules and calls that begin with a hash, as no other language has them."""
    if _STATEMENTS.match(head.text) or (_STATEMENTS.search(head.text) and not _OTHERS.search(head.text)):
        return True
    return None
