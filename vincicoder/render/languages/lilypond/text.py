"""LilyPond as text: its comments, its braces, and how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.c_like_text import pairing_error
from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.languages.latex.text import COMMANDS as COMMANDS_OF_LATEX

# What is never closed takes the rest, so that no end is looked for twice.
_OPAQUE = re.compile(r"%\{.*?(?:%\}|\Z)|%[^\n]*|\"(?:\\.|[^\"\\])*+(?:\"|\\?\Z)|#\\[{}%\"]", re.DOTALL)
_COMMANDS = re.compile(
    r"\\(?:version\s*\"|relative\b|score\b|new\s+(?:Staff|Voice|Score|StaffGroup|PianoStaff|ChordNames))"
)


def syntax_error(code: str) -> str | None:
    """Check that braces pair up, strings and comments left out."""
    return pairing_error(code, _OPAQUE, {"}": "{"})


def map_comments(code: str, change: Callable[[str], str]) -> str:
    """Return the score with every comment passed through `change`."""
    return _OPAQUE.sub(lambda match: change(match[0]) if match[0][0] == "%" else match[0], code)


def recognise(head: CodeHead) -> bool | None:
    """Recognise LilyPond by its commands, where there are none of LaTeX."""
    found = _COMMANDS.search(head.text) and not COMMANDS_OF_LATEX.search(head.text)
    return True if found else None
