"""Is the code in the language that it is declared to be in?"""

from __future__ import annotations

import re

from vincicoder.clean.filter import Filter, FilterResult, each
from vincicoder.sample import Language, Reason, Rejection

# How code of a language starts, after blanks, comments of markup and XML's own lines. Only marks that no
# other language here can start with.
_MARKUP_BEFORE = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_STARTS = (
    ("html", re.compile(r"<!doctype\s+html\b|<(?:html|head|body|div|section|main|nav|table)\b", re.I)),
    ("svg", re.compile(r"<!doctype\s+svg\b|<(?:[\w-]+:)?svg\b", re.I)),
    ("latex", re.compile(r"(?:%[^\n]*\s+)*\\(?:documentclass|documentstyle|usepackage|begin\{document\})")),
    (
        "graphviz",
        re.compile(r"(?:(?://|#)[^\n]*\s+|/\*.*?\*/\s*)*(?:strict\s+)?(?:di)?graph\s+\w*\s*\{", re.S),
    ),
    (
        "python",
        re.compile(
            r"(?:#[^\n]*\s+)*"
            r"(?:import\s+[A-Za-z_][\w.]*(?:\s+as\s+\w+)?\s*(?:\n|;|,|\#)"
            r"|from\s+[A-Za-z_][\w.]*\s+import\s+[\w(*])"
        ),
    ),
)  # fmt: skip
# A page may well start with a drawing of its own.
_ALSO_VALID = {(Language.HTML, "svg")}


def detect_language(code: str) -> str | None:
    """Return the language whose start the code has, or None where its start is nobody's mark."""
    start = _MARKUP_BEFORE.match(code)
    position = start.end() if start else 0
    for name, pattern in _STARTS:
        if pattern.match(code, position):
            return name
    return None


def language_filters() -> tuple[Filter, ...]:
    """Return one filter for each language whose code can be told from others by its start."""
    known = (Language.HTML, Language.SVG, Language.LATEX, Language.GRAPHVIZ, Language.PYTHON)
    return tuple(Filter("language", each(_declared(name)), frozenset({name})) for name in known)


def _declared(language: Language):  # type: ignore[no-untyped-def]
    def check(code: str) -> FilterResult:
        found = detect_language(code)
        if found is None or found == language.value or (language, found) in _ALSO_VALID:
            return None
        return Rejection(Reason.CLEAN_LANGUAGE, f"declared {language.value}, starts like {found}")

    return check
