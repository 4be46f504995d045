"""Removes names and addresses of people from comments and metadata; what is drawn is never changed.

Copyright notices stay, because licences require them; only addresses in them are removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.clean.filter import Changed, Filter, FilterResult, each
from vincicoder.render.registry import LANGUAGES

MapComments = Callable[[str, Callable[[str], str]], str]

_NOTE = "personal: names and addresses in comments"
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b")
_MADE = r"\b(?:created|written|contributed|modified|made|designed|drawn|coded|adapted|developed)"
_AUTHOR = re.compile(
    r"(?P<label>@authors?\b:?"
    r"|\b(?:authors?|maintainers?|contributors?|credits?)[ \t]*:"
    rf"|{_MADE}[ \t]+by\b:?)"
    r"[ \t]*(?P<name>[^\s<][^\n]*?)(?P<end>[ \t]*(?:-->|\*/|\n|\Z))",
    re.IGNORECASE,
)
_WORTH_A_LOOK = re.compile(
    r"@|\b(?:authors?|maintainers?|contributors?|credits?)\s*:"
    rf"|{_MADE}\s+by\b",
    re.IGNORECASE,
)

_SVG_METADATA = re.compile(
    r"<((?:\w+:)?metadata)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?:/>|(?<!/)>.*?</\1\s*>)\s*?\n?", re.DOTALL
)
# Attributes in which drawing programs keep the paths and names of their users' files.
_SVG_PATHS = re.compile(
    r"\s(?:sodipodi:(?:docbase|docname|absref)|inkscape:(?:export-filename|output_extension|output))"
    r"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
)
_DUNDER = re.compile(
    r"^(__(?:author|email|maintainer|credits|contact)__\s*=\s*)([\"'])[^\"'\n]*\2", re.MULTILINE
)


def redact(comment: str) -> str:
    """Return a comment with people's names behind words like "author", and e-mail addresses, left out."""
    text = _AUTHOR.sub(lambda match: f"{match['label']} [name]{match['end']}", comment)
    return _EMAIL.sub("[e-mail]", text)


def personal_filters() -> tuple[Filter, ...]:
    """Return one filter for each language whose comments are known."""
    more: dict[str, Callable[[MapComments], Callable[[str], FilterResult]]] = {"svg": _svg, "python": _python}
    return tuple(
        Filter("personal", each(more.get(spec.name, _comments)(spec.map_comments)), frozenset({spec.name}))
        for spec in LANGUAGES.values()
        if spec.map_comments
    )


def _comments(map_comments: MapComments) -> Callable[[str], FilterResult]:
    def check(code: str) -> FilterResult:
        if not _WORTH_A_LOOK.search(code):
            return None
        text = map_comments(code, redact)
        return None if text == code else Changed(text, _NOTE)

    return check


def _svg(map_comments: MapComments) -> Callable[[str], FilterResult]:
    """Drop `metadata`, which is never drawn and mostly says who drew it, and the paths of users' files."""

    def check(code: str) -> FilterResult:
        text = code
        if "metadata" in text:
            text = _SVG_METADATA.sub("", text)
        if "sodipodi:" in text or "inkscape:" in text:
            text = _SVG_PATHS.sub("", text)
        if _WORTH_A_LOOK.search(text):
            text = map_comments(text, redact)
        return None if text == code else Changed(text, "personal: metadata, names and addresses in comments")

    return check


def _python(map_comments: MapComments) -> Callable[[str], FilterResult]:
    """Empty `__author__` and the like, too."""

    def check(code: str) -> FilterResult:
        if not _WORTH_A_LOOK.search(code) and "__author__" not in code:
            return None
        text = map_comments(_DUNDER.sub(r"\1\2\2", code), redact)
        return None if text == code else Changed(text, _NOTE)

    return check
