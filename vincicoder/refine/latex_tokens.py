"""A tokenizer of LaTeX: commands, groups, options and comments, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>%[^\n]*\n?)
      | (?P<command>\\(?:[a-zA-Z@]+\*?|.))
      | (?P<open>\{) | (?P<close>\})
      | (?P<left>\[) | (?P<right>\])
      | (?P<math>\$\$?)
      | (?P<end>;)
      | (?P<align>&)
      | (?P<script>[\^_])
      | (?P<number>(?<![\w.])-?(?:\d+\.?\d*|\.\d+))
      | (?P<word>[a-zA-Z]+)
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (the group's name), its text and its place."""

    kind: str
    text: str
    start: int
    stop: int


def tokenize(source: str) -> list[Token]:
    """Return all tokens; they cover the source without gaps."""
    return [Token(match.lastgroup or "other", match[0], *match.span()) for match in _TOKEN.finditer(source)]


def matching(tokens: list[Token], opening: int) -> int:
    """Return the index of the bracket that closes the one at `opening`, or -1."""
    pair = {"open": "close", "left": "right"}[tokens[opening].kind]
    depth = braces = 0
    for index in range(opening, len(tokens)):
        kind = tokens[index].kind
        if pair == "right" and kind in ("open", "close"):
            braces += 1 if kind == "open" else -1
            if braces < 0:
                return -1
        elif kind == tokens[opening].kind and not braces:
            depth += 1
        elif kind == pair and not braces:
            depth -= 1
            if depth == 0:
                return index
    return -1


def argument_after(tokens: list[Token], index: int) -> tuple[int, int] | None:
    """Return the token indices of the `{` and `}` of the next mandatory argument, options skipped."""
    position = index + 1
    while position < len(tokens):
        kind = tokens[position].kind
        if kind == "left":
            position = matching(tokens, position)
            if position < 0:
                return None
        elif kind == "open":
            close = matching(tokens, position)
            return (position, close) if close > 0 else None
        elif kind not in ("space", "comment"):
            return None
        position += 1
    return None
