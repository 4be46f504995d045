"""Programs as tokens: comments and layout gone; and abstracted: the author's names and literals gone.

Every language's `TokenRules` say how.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.languages.token_rules import LITERAL, NAME, TokenRules, usual_rules
from vincicoder.render.registry import LANGUAGES

TokenHashes = NDArray[np.uint64]

_WORD = re.compile(r"\w+|[^\w\s,\"']")  # commas and quotes are layout: a formatter adds and swaps them


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
    spec = LANGUAGES.get(language)
    rules = spec.tokens if spec else usual_rules()
    known = _KNOWN.get(language)
    if known is None or len(known) > _MOST_KNOWN:
        known = _KNOWN[language] = _Known(rules)
    found = [known[token] for token in rules.pattern.findall(code)]
    plain, unnamed, abstract = (
        np.array(list(chain.from_iterable(map(itemgetter(view), found))), np.uint64) for view in range(3)
    )
    return Tokens(plain, unnamed, _shorten_lists(abstract))


def hash_token(text: str) -> int:
    """Return 64 bits of BLAKE2b: the same in every process and on every machine; never 0."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") | 1


_NAME, _LITERAL = hash_token(NAME), hash_token(LITERAL)


_Views = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]


class _Known(dict[str, _Views]):
    """Token → its hashes in the three views of `Tokens`. Made once a short token."""

    def __init__(self, rules: TokenRules) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, token: str) -> _Views:
        if token.startswith(self._rules.comments):
            entry: _Views = ((), (), ())
        else:
            words = tuple(hash_token(word) for word in _WORD.findall(token))
            abstract = _hash_abstract(token, self._rules)
            entry = (words, (_NAME,) if abstract == _NAME else words, (abstract,) if abstract else ())
        if len(token) <= _SHORT:
            self[token] = entry
        return entry


# By language: most tokens of a program were in an earlier one.
_KNOWN: dict[str, _Known] = {}
_MOST_KNOWN, _SHORT = 50_000, 64


def _hash_abstract(token: str, rules: TokenRules) -> int:
    if token == ",":
        return 0
    if token[0].isdigit() or (token[0] == "." and token[1:2].isdigit()):
        return _LITERAL
    return hash_token(rules.abstract(token))


def _shorten_lists(tokens: TokenHashes) -> TokenHashes:
    """Make a run of literals (commas are gone) one literal."""
    literal = tokens == _LITERAL
    again = np.zeros(tokens.shape, np.bool_)
    again[1:] = literal[1:] & literal[:-1]
    return tokens[~again]
