"""ABC notation as text: its comments, its fields, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.code_head import CodeHead

NUMBER = re.compile(r"^X:[ \t]*+\d", re.MULTILINE)
"""The field that begins a tune."""

_KEY = re.compile(r"^K:", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))%(?!%)[^\n]*", re.MULTILINE)  # %% begins an instruction
_COMMENT_LINE = re.compile(r"^%(?!%)[^\n]*\n?", re.MULTILINE)
_RHYTHM = re.compile(r"^R:[ \t]*+([A-Za-z]+)", re.MULTILINE)


def syntax_error(code: str) -> str | None:
    """Require the field that ends a tune's header; the notes are left to abcm2ps."""
    if not code.strip():
        return "no tune in the code"
    return None if _KEY.search(code) else "no field K: ends the header of a tune"


def normal_form(code: str) -> str:
    """Return the tunes without lines of comment and blanks at line ends; a blank line ends a tune."""
    lines = _COMMENT_LINE.sub("", code).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the tunes with every comment passed through `change`."""
    return _COMMENT.sub(lambda match: change(match[0]), code)


def chart_type(code: str) -> str:
    """Return the rhythm that a tune names, such as `reel`; `tune` where it names none."""
    rhythm = _RHYTHM.search(code)
    return rhythm[1].lower() if rhythm else "tune"


def recognise(head: CodeHead) -> bool | None:
    """Recognise a tune by the fields of its number and its key."""
    return True if NUMBER.search(head.text) and _KEY.search(head.text) else None
