"""Diagrams, scores and charts that show a picture file: no sample includes one."""

from __future__ import annotations

import re

from vincicoder.clean.filter import FilterResult
from vincicoder.sample import Language, Reason, Rejection

_IMG = r"""<img\b[^>]*?\bsrc\s*=\s*\\?["'](?P<{}>[^"'\\>]+)"""
# Strings and comments are matched first, so that an attribute named in a label is none.
_PATTERNS = {
    Language.GRAPHVIZ: re.compile(
        rf"""{_IMG.format("a")}|\b(?:image|shapefile)\s*=\s*(?:"(?P<b>[^"]+)"|(?P<c>[^\s"<,;\]]+))"""
        r"""|"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/""",
        re.IGNORECASE | re.DOTALL,
    ),
    Language.MERMAID: re.compile(
        rf"""{_IMG.format("a")}|@\{{[^{{}}]*?\bimg\s*:\s*["'](?P<b>[^"']+)""", re.IGNORECASE
    ),
    Language.VEGA_LITE: re.compile(
        r'"url"\s*:\s*\{\s*"(?:value|datum)"\s*:\s*"(?P<a>[^"]+\.(?:png|jpe?g|gif|svg|webp)[^"]*)"',
        re.IGNORECASE,
    ),
    Language.ASYMPTOTE: re.compile(r'\bgraphic\s*\(\s*"(?P<a>[^"]+)"|"(?:[^"\\]|\\.)*"|//[^\n]*'),
    Language.LILYPOND: re.compile(r'\\(?:epsfile|image)\b[^"\n]*"(?P<a>[^"]+)"|"(?:[^"\\]|\\.)*"|%[^\n]*'),
}
_ADDRESS = re.compile(r"(?:https?:|ftp:|s3:)?//", re.IGNORECASE)

WITH_PICTURES = frozenset(_PATTERNS)
"""The languages that are looked at; Python, LaTeX, HTML and SVG have filters of their own."""


def shown_files(language: Language, code: str) -> FilterResult:
    """Reject code that shows a picture from a file or an address; embedded ones (`data:`) pass."""
    for match in _PATTERNS[language].finditer(code):
        name = next((value for value in match.groupdict().values() if value), "").strip()
        if not name or name.lower().startswith("data:"):
            continue
        if _ADDRESS.match(name):
            return Rejection(Reason.CLEAN_EXTERNAL_RESOURCE, f"shows the picture {name[:120]}")
        return Rejection(Reason.CLEAN_MISSING_FILE, f"shows the picture {name[:120]!r}")
    return None
