"""How a language's code is cut into tokens to be compared, and which of them the author chose.

The tokens need not be those of a compiler. They must be the same for the same program however it is laid
out, and fast: one regular expression a language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

NAME, LITERAL = "name", "literal"
"""What `TokenRules.abstract` puts in the place of names and literals of the author."""

NUMBER = r"\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?"
STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"


@dataclass(frozen=True, slots=True)
class TokenRules:
    """`pattern` finds every token and every comment; a token that begins as `comments` say is a comment.

    `abstract` returns NAME or LITERAL for a token that the author chose, else a text that stands for the
    token. Numbers and commas are not given to it.
    """

    pattern: re.Pattern[str]
    comments: tuple[str, ...]
    abstract: Callable[[str], str]


def usual_rules(comment_pattern: str = r"(?!)", comments: tuple[str, ...] = ()) -> TokenRules:
    """Return the rules of a language with quoted strings, calls and keys as in C or JSON.

    `comment_pattern` is a regular expression for its comments; by default it has none.
    """
    pattern = re.compile(
        comment_pattern + "|" + STRING + r"(?:\s*:)?|[^\W\d]\w*(?:\s*[(=])?|" + NUMBER + r"|[^\w\s]",
        re.DOTALL,
    )
    return TokenRules(pattern, comments, _abstract)


def _abstract(token: str) -> str:
    if token[-1] in "\"'" and len(token) > 1:
        return LITERAL
    return NAME if token.isidentifier() else "".join(token.split())
