"""The normal form of languages with the comments of C, and a check of brackets that pair up."""

from __future__ import annotations

import re
from collections.abc import Mapping

C_COMMENT = r"//[^\n]*|/\*.*?\*/"
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|//[^\n]*|/\*.*?\*/|\s+|[^\"/\s]+|.", re.DOTALL)


def c_like_form(code: str) -> str:
    """Return the code with strings as they are, comments and runs of white space one space."""
    kept: list[str] = []
    for token in _TOKEN.findall(code):
        if token.isspace() or token.startswith(("//", "/*")):
            if kept and kept[-1] != " ":
                kept.append(" ")
        else:
            kept.append(token)
    return "".join(kept).strip()


def pairing_error(code: str, opaque: re.Pattern[str], pairs: Mapping[str, str]) -> str | None:
    """Return where brackets do not pair up, or None. `pairs` maps closers to openers.

    What `opaque` matches (strings, comments) is left out.
    """
    text = opaque.sub(lambda match: "\n" * match[0].count("\n"), code)
    opened: list[tuple[str, int]] = []
    line = 1
    openers = frozenset(pairs.values())
    for character in text:
        if character == "\n":
            line += 1
        elif character in openers:
            opened.append((character, line))
        elif character in pairs:
            if not opened:
                return f"line {line}: {character} without {pairs[character]}"
            opener, where = opened.pop()
            if opener != pairs[character]:
                return f"line {line}: {character} closes the {opener} of line {where}"
    if opened:
        opener, where = opened[-1]
        return f"line {where}: {opener} is never closed"
    return None if text.strip() else "no statement in the code"
