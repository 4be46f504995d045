"""What HTML and SVG have in common as text: tokens and comments."""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.render.languages.token_rules import LITERAL, NAME, NUMBER, TokenRules

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
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


def comments_by(pattern: re.Pattern[str]) -> Callable[[str, Callable[[str], str]], str]:
    """Return the `map_comments` of a language whose comments one pattern finds."""

    def map_comments(code: str, change: Callable[[str], str]) -> str:
        return pattern.sub(lambda match: change(match[0]), code)

    return map_comments
