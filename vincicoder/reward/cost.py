"""What a program costs: how much information its text holds, and how much of that is literal data.

Information is the size after LZMA (raw stream, no header): however data is spelled (hexadecimal, base64,
decimal lists, pieces of strings), what it says cannot become much smaller.
"""

from __future__ import annotations

import io
import lzma
import re
import tokenize
import warnings
from dataclasses import dataclass
from functools import lru_cache

_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6}]
_FREE = 24  # bytes that LZMA needs for a few characters
_NUMBER = re.compile(r"(?<![A-Za-z_])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b[0-9A-Fa-f]{6}\b")
# What no prose or identifier looks like: long, unbroken, or outside of the letters of European languages.
_DENSE = re.compile(r"[^\s<>\"'(){}=;]{25,}")
_UNUSUAL = re.compile(r"[^\x00-\u024f\u2000-\u206f]+")
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"\"[^\"\n]{0,100000}\"|'[^'\n]{0,100000}'|`[^`]{0,100000}`")


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes of information: `text` of the whole program, `data` of its literals; `tokens` of code."""

    text: int
    data: int
    tokens: int


@lru_cache(maxsize=4096)
def cost_of(code: str, language: str) -> Cost:
    """Return what a program costs."""
    literals = _python_literals(code) if language == "python" else None
    dense, words = _literals(code) if literals is None else literals
    data = information(dense) + round(_WORDS_SHARE * information(words))
    return Cost(information(code), data, len(_tokens(code)))


def information(text: str) -> int:
    """Return the bytes of information in a text, at least 0."""
    packed = lzma.compress(text.encode("utf-8", "replace"), format=lzma.FORMAT_RAW, filters=_FILTERS)
    return max(len(packed) - _FREE, 0)


def _tokens(code: str) -> list[str]:
    return re.findall(r"[A-Za-z_]+|\d+|[^\sA-Za-z_\d]", code)


def _python_literals(code: str) -> tuple[str, str] | None:
    """Return a Python program's literals, those that are data and those that are words; None where it is no
    Python. Docstrings are left out, unless the program reads its own."""
    dense: list[str] = []
    words: list[str] = []
    previous = tokenize.NEWLINE
    reads_itself = "__doc__" in code or "inspect" in code
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for token in tokenize.generate_tokens(io.StringIO(code).readline):
                if token.type in (tokenize.COMMENT, tokenize.NL):
                    continue
                drawn = previous not in _STATEMENT_STARTS or reads_itself
                previous = token.type
                if token.type in (tokenize.STRING, _F_STRING) and drawn and token.string.isascii():
                    (words if _is_wording(token.string) else dense).append(token.string)
                elif token.type == tokenize.NUMBER or (drawn and not token.string.isascii()):
                    dense.append(token.string)
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return None
    return "\n".join(dense), "\n".join(words)


def _is_wording(text: str) -> bool:
    """Whether a string reads like words, names and a few numbers."""
    if text[0] in "bB" or 2 * sum(map(str.isalpha, text)) < len("".join(text.split())):
        return False
    if 8 * text.count("\\") > len(text):
        return False
    letters = [found for found in _LETTERS.findall(text) if len(found) > 1]
    if sum(map(str.isdigit, text)) * 4 > len(text):
        return False
    plain = sum(len(found) for found in letters if len(found) < 16 and _PLAIN.fullmatch(found))
    return 5 * plain >= 4 * sum(map(len, letters))


_STATEMENT_STARTS = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING)
_LETTERS = re.compile(r"[A-Za-z]+")
_PLAIN = re.compile(r"[A-Z]?[a-z]*[aeiouy][a-z]*|[A-Z]{2,4}|[a-z]{2,3}")
_WORDS_SHARE = 0.4  # of the information in words that counts: a label is drawn, data in words is not
_F_STRING = getattr(tokenize, "FSTRING_MIDDLE", -1)


def _literals(code: str) -> tuple[str, str]:
    """Return the numbers, colours and dense or unusual strings of a text in any other language, and those
    strings of its scripts that read like words."""
    found = [match[0] for match in _DENSE.finditer(code)]
    found += [match[0] for match in _UNUSUAL.finditer(code)]
    rest = _DENSE.sub(" ", code)
    found += [match[0] for match in _COLOR.finditer(rest)]
    found += [match[0] for match in _NUMBER.finditer(_COLOR.sub(" ", rest))]
    scripts = "\n".join(_SCRIPT.findall(code)) if "<script" in code.lower() else ""
    return "\n".join(found), "\n".join(_QUOTED.findall(scripts))
