"""Programs as tokens: comments and layout gone; and abstracted: the author's names and literals gone.

The tokens need not be those of a compiler. They must be the same for the same program however it
is laid out, and fast: one regular expression a language.
"""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

TokenHashes = NDArray[np.uint64]

_NUMBER = r"\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?"
_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_PYTHON = re.compile(
    r"#[^\n]*"
    r"|[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|" + _STRING + r")"
    r"|\.[^\W\d]\w*|[^\W\d]\w*(?:\(|=(?!=))?"  # .attribute, call(, keyword=, name
    r"|0[xX][0-9a-fA-F]+|" + _NUMBER + r"|[^\w\s]",
    re.DOTALL,
)
_MARKUP = re.compile(
    r"<!--.*?-->|</?[A-Za-z][\w:.-]*|[A-Za-z_@:][\w:.-]*=|#[0-9a-fA-F]{3,8}\b|"
    + _NUMBER
    + r"|[^\W\d]+|[^\w\s]",
    re.DOTALL,
)
_TEX = re.compile(r"(?<!\\)%[^\n]*|\\(?:[A-Za-z@]+\*?|.)|" + _NUMBER + r"|[^\W\d_]+|[^\w\s]|_", re.DOTALL)
_NO_COMMENT = r"(?!)"
_COMMENT = {
    "graphviz": r"//[^\n]*|/\*.*?\*/",
    "asymptote": r"//[^\n]*|/\*.*?\*/",
    "mermaid": r"%%(?!\{)[^\n]*",
    "lilypond": r"%\{.*?%\}|%[^\n]*",
}


@cache
def _lexer(language: str) -> re.Pattern[str]:
    if language == "python":
        return _PYTHON
    if language in ("html", "svg"):
        return _MARKUP
    if language == "latex":
        return _TEX
    return re.compile(
        _COMMENT.get(language, _NO_COMMENT) + "|" + _STRING + r"(?:\s*:)?"
        r"|[^\W\d]\w*(?:\s*[(=])?|" + _NUMBER + r"|[^\w\s]",
        re.DOTALL,
    )


_COMMENT_STARTS = {
    "python": ("#",),
    "html": ("<!--",),
    "svg": ("<!--",),
    "latex": ("%",),
    "graphviz": ("//", "/*"),
    "asymptote": ("//", "/*"),
    "mermaid": ("%%",),
    "lilypond": ("%",),
}

_WORD = re.compile(r"\w+|[^\w\s,\"']")  # commas and quotes are layout: a formatter adds and swaps them
_KEYWORDS = frozenset(keyword.kwlist)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Hashes of a program's tokens in order, in three views of different lengths."""

    plain: TokenHashes
    unnamed: TokenHashes
    abstract: TokenHashes


def tokenize(code: str, language: str) -> Tokens:
    """Return the hashes of a program's tokens.

    `plain` cuts strings into words, so that data in a string counts by its words. `unnamed` is the
    same with one token for all names that the author chose. In `abstract` numbers, strings and
    colours are one token too, and a list of literals is as long as one literal.
    """
    known = _Known(language)
    found = [known[token] for token in _lexer(language).findall(code)]
    plain = np.fromiter(chain.from_iterable(words for words, _ in found), np.uint64)
    unnamed = np.fromiter(
        chain.from_iterable((_NAME,) if abstract == _NAME else words for words, abstract in found), np.uint64
    )
    abstract = np.fromiter((abstract for _, abstract in found if abstract), np.uint64)
    return Tokens(plain, unnamed, _shorten_lists(abstract))


def hash_token(text: str) -> int:
    """Return 64 bits of BLAKE2b: the same in every process and on every machine; never 0."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") | 1


_NAME, _LITERAL = hash_token("name"), hash_token("literal")


class _Known(dict[str, tuple[tuple[int, ...], int]]):
    """Token → hashes of its words, and the hash of its abstraction (0 for none). Made once a token."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._comments = _COMMENT_STARTS.get(language, ())
        self._abstract = {
            "python": _abstract_python,
            "html": _abstract_markup,
            "svg": _abstract_markup,
            "latex": _abstract_tex,
        }.get(language, _abstract_other)

    def __missing__(self, token: str) -> tuple[tuple[int, ...], int]:
        if self._comments and token.startswith(self._comments):
            entry: tuple[tuple[int, ...], int] = ((), 0)
        else:
            words = tuple(hash_token(word) for word in _WORD.findall(token))
            entry = (words, _hash_abstract(token, self._abstract))
        self[token] = entry
        return entry


def _hash_abstract(token: str, abstract: Callable[[str], int]) -> int:
    if token == ",":
        return 0
    if token[0].isdigit() or (token[0] == "." and token[1:2].isdigit()):
        return _LITERAL
    return abstract(token)


def _abstract_python(token: str) -> int:
    if token[-1] in "\"'" and len(token) > 1:
        return _LITERAL
    if token.isidentifier() and token not in _KEYWORDS:
        return _NAME
    return hash_token(token)


def _abstract_markup(token: str) -> int:
    if token[0] == "#" and len(token) > 1:
        return _LITERAL
    # A path's command letters are structure; longer words are text or values.
    return _NAME if len(token) > 1 and token.isalpha() else hash_token(token)


def _abstract_tex(token: str) -> int:
    return _NAME if token.isalpha() else hash_token(token)


def _abstract_other(token: str) -> int:
    if token[-1] in "\"'" and len(token) > 1:
        return _LITERAL
    return _NAME if token.isidentifier() else hash_token("".join(token.split()))


def _shorten_lists(tokens: TokenHashes) -> TokenHashes:
    """Make a run of literals (commas are gone) one literal."""
    literal = tokens == _LITERAL
    again = np.zeros(tokens.shape, np.bool_)
    again[1:] = literal[1:] & literal[:-1]
    return tokens[~again]
