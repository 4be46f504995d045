"""Finds pictures embedded in code: a way to copy the reference without drawing anything."""

from __future__ import annotations

import ast
import html
import re
import urllib.parse
import warnings

from vincicoder import syntax_tree

_DATA_URI = re.compile(
    r"data:\s*image/(?!svg)[\w.+-]+[^,\"')>]{0,80},(?P<payload>[^\"')>\s]*(?:\s+[A-Za-z0-9+/=%]+)*)",
    re.IGNORECASE,
)
# Runs of base64 or hexadecimal digits; separators of string pieces and line ends may lie between.
_PIECE = r"[A-Za-z0-9+/_=-]{40,}"
_JOINED = re.compile(rf"{_PIECE}(?:[\"'\\+,;\s]{{1,12}}{_PIECE})*")
_ESCAPED = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}){64,}")
_PATH_DATA = re.compile(r"[MmLlHhVvCcSsQqTtAaZzeE0-9+-]+")


def embedded_raster_chars(code: str, language: str) -> int:
    """Return how many characters of the code encode a raster image, or look like one.

    Counted are the payloads of raster data URIs (also with entities or percent signs), long runs of base64
    or hexadecimal digits, however cut into string pieces, of escaped bytes, and, in Python, bytes literals
    and long strings without white space. SVG path data and vector data URIs do not count.
    """
    texts = [code]
    plain = urllib.parse.unquote(html.unescape(code))
    if plain != code:
        texts.append(plain)
    found = max(_in_text(text) for text in texts)
    return max(found, _in_python(code)) if language == "python" else found


def _in_text(text: str) -> int:
    uris = sum(len(match["payload"]) for match in _DATA_URI.finditer(text))
    runs = sum(len(match[0]) for match in _JOINED.finditer(text) if _is_payload(match[0]))
    escapes = sum(len(match[0]) // 4 for match in _ESCAPED.finditer(text))
    return max(uris, runs) + escapes


def _is_payload(run: str) -> bool:
    """Whether a run is too mixed to be a word, a rule of dashes or minified path data."""
    if len(run) < 200 or _PATH_DATA.fullmatch(run):
        return False
    letters = set(run)
    digits = sum(character.isdigit() for character in run)
    return len(letters) >= 14 and digits > len(run) // 40


def _in_python(code: str) -> int:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = syntax_tree.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    total = 0
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant):
            continue
        if (isinstance(node.value, bytes) and len(node.value) >= 64) or (
            isinstance(node.value, str) and _is_dense(node.value)
        ):
            total += len(node.value)
    return total


def _is_dense(text: str) -> bool:
    """Whether a string is long, has no white space and is no path data: base85, or something of the kind."""
    return (
        len(text) >= 64
        and not re.search(r"\s", text)
        and not _PATH_DATA.fullmatch(text)
        and len(set(text)) >= 14
    )
