"""What HTML and SVG have in common as text: tokens and comments."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.token_rules import LITERAL, NAME, NUMBER, TokenRules

LAYOUT_MATTERS = re.compile(
    r"<(?:pre|textarea|listing|plaintext|xmp|script|input|option)\b"
    r"|white-space|xml:space|content\s*:|<!\[CDATA\[|<!--\[if",
    re.I,
)


def _abstract(token: str) -> str:
    if token[0] == "#" and len(token) > 1:
        return LITERAL
    # A path's command letters are structure; longer words are text or values.
    return NAME if len(token) > 1 and token.isalpha() else token


MARKUP_TOKENS = TokenRules(
    re.compile(
        r"<!--.*?-->|</?[A-Za-z][\w:.-]*|[A-Za-z_@:][\w:.-]*=|#[0-9a-fA-F]{3,8}\b|"
        + NUMBER
        + r"|[^\W\d]+|[^\w\s]",
        re.DOTALL,
    ),
    ("<!--",),
    _abstract,
)


def map_blocks(code: str, change: Callable[[str], str], *marks: tuple[str, str]) -> str:
    """Return the code with every comment between two marks passed through `change`.

    What is never closed is no comment. The time is linear in the code: an end that is not found is not looked
    for again, as a regular expression would do from every beginning.
    """
    parts: list[str] = []
    position = 0
    starts = {pair: code.find(pair[0]) for pair in marks}
    while found := [(start, pair) for pair, start in starts.items() if start >= 0]:
        start, (opener, closer) = min(found)
        stop = code.find(closer, start + len(opener))
        if stop < 0:
            starts[opener, closer] = -1
            continue
        parts += [code[position:start], change(code[start : stop + len(closer)])]
        position = stop + len(closer)
        for pair, place in starts.items():
            if 0 <= place < position:
                starts[pair] = code.find(pair[0], position)
    return "".join([*parts, code[position:]])


def without_comments(code: str) -> str:
    """Return markup without its comments."""
    return map_blocks(code, lambda _: "", ("<!--", "-->"))
