"""Asymptote as text: its comments, its brackets, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.c_like_text import pairing_error
from vincicoder.render.languages.code_head import CodeHead

# What is never closed takes the rest, so that no end is looked for twice.
_OPAQUE = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:\\\"|[^\"])*+(?:\"|\Z)|'(?:\\.|[^'\\])*+(?:'|\\?\Z)", re.DOTALL
)
_CALLS = re.compile(
    r"^(?:import (?:graph3?|three|geometry|math|palette|contour|solids|markers|olympiad|cse5|stats)\s*;|"
    r"settings\.\w+|size\(|unitsize\(|usepackage\(|draw\(|pair [A-Za-z_]|path3? [A-Za-z_]|label\(|fill\()",
    re.MULTILINE,
)
_STATEMENTS = re.compile(
    r"^import \w+\s*;|^(?:pair|path|path3|triple|guide|pen|real) \w+.*;|;\s*$", re.MULTILINE
)
_OF_PYTHON = re.compile(r"^(?:from \w|def )", re.MULTILINE)


def syntax_error(code: str) -> str | None:
    """Check that brackets pair up, strings and comments left out."""
    return pairing_error(code, _OPAQUE, {")": "(", "]": "[", "}": "{"})


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the program with every comment passed through `change`."""
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "/" else match[0], code)


def recognise(head: CodeHead) -> bool | None:
    """Recognise Asymptote by calls and by statements with semicolons that no other language has."""
    found = _CALLS.search(head.text) and _STATEMENTS.search(head.text) and not _OF_PYTHON.search(head.text)
    return True if found else None
