"""Plain text: one kind of line end, no byte order mark, no blank lines at either end."""

from __future__ import annotations

import re

from vincicoder.clean.filter import Changed, FilterResult

_BLANK_BEFORE = re.compile(r"\A(?:[ \t]*\n)+")


def plain_text(code: str) -> FilterResult:
    """Make CRLF and CR into LF, drop a byte order mark, blank lines at the top and blanks at the end.

    The parsers of all languages here do the first two themselves, so no picture changes.
    """
    text = code.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text[:1].isspace():
        text = _BLANK_BEFORE.sub("", text)
    stripped = text.rstrip()
    if len(text) - len(stripped) > 1:
        text = stripped + "\n"
    return None if text == code else Changed(text, "encoding: line ends and blanks around the code")
