"""PlantUML as text: its marks, its comments, its kinds, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.code_head import CodeHead

START = re.compile(r"^[ \t]*+(?P<mark>@start(?P<kind>[a-z]+))\b[^\n]*", re.MULTILINE)
"""The line that begins a diagram: its kind, and the name of a file, which no picture shows."""

_END = re.compile(r"^[ \t]*+@end[a-z]+\b", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*+'[^\n]*|/'.*?(?:'/|\Z)", re.MULTILINE | re.DOTALL)
_KINDS = (
    ("class", re.compile(r"^\s*+(?:abstract|class|interface|enum|annotation)\s", re.M)),
    ("state", re.compile(r"^\s*+state\s|\[\*\]", re.M)),
    ("activity", re.compile(r"^\s*+(?:start|stop|:[^:\n]{1,200};)\s*+$", re.M)),
    ("use-case", re.compile(r"^\s*+usecase\s|\([A-Z][^()\n]{1,80}\)", re.M)),
    ("component", re.compile(r"^\s*+(?:component|node|package|database|cloud|rectangle)\s|^\s*+\[", re.M)),
    ("object", re.compile(r"^\s*+(?:object|map)\s", re.M)),
    ("entity", re.compile(r"^\s*+entity\s[^\n]*\{", re.M)),
)  # fmt: skip


def normal_form(code: str) -> str:
    """Return the text without comments, blank lines and blanks at line ends; indentation may be drawn."""
    lines = (line.rstrip() for line in _COMMENT.sub("", code).split("\n"))
    return "\n".join(line for line in lines if line)


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the diagram with every comment passed through `change`."""
    return _COMMENT.sub(lambda match: change(match[0]), code)


def syntax_error(code: str) -> str | None:
    """Require that each mark of a start has its end; the rest is PlantUML's to say."""
    if not normal_form(code).strip():
        return "no diagram in the text"
    starts, ends = len(START.findall(code)), len(_END.findall(code))
    return None if starts == ends else f"{starts} @start and {ends} @end"


def chart_type(code: str) -> str:
    """Return the kind of diagram: that of its mark, or for `@startuml` what its first statements are of."""
    mark = START.search(code)
    if mark and mark["kind"] != "uml":
        return mark["kind"]
    return next((name for name, pattern in _KINDS if pattern.search(code)), "sequence")


def recognise(head: CodeHead) -> bool | None:
    """Recognise a diagram by the mark that it begins with."""
    return True if START.match(_COMMENT.sub("", head.text).lstrip()) else None
