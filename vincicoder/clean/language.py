"""Is the code in the language that it is declared to be in?"""

from __future__ import annotations

import re
from collections.abc import Callable

from vincicoder.clean.filter import Filter, FilterResult, each
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.registry import LANGUAGES
from vincicoder.sample import Reason, Rejection

# What may stand before the start of markup: blanks, comments and XML's own lines.
_MARKUP_BEFORE = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)


def detect_language(code: str) -> str | None:
    """Return the language whose `start` matches the code, or None."""
    before = _MARKUP_BEFORE.match(code)
    position = before.end() if before else 0
    for spec in LANGUAGES.values():
        if spec.start and spec.start.match(code, position):
            return spec.name
    return None


def language_filters() -> tuple[Filter, ...]:
    """Return one filter for each language whose code is recognised by its start."""
    return tuple(
        Filter("language", each(_declared(spec)), frozenset({spec.name}))
        for spec in LANGUAGES.values()
        if spec.start
    )


def _declared(spec: LanguageSpec) -> Callable[[str], FilterResult]:
    def check(code: str) -> FilterResult:
        found = detect_language(code)
        if found is None or found in (spec.name, *spec.may_start_like):
            return None
        return Rejection(Reason.CLEAN_LANGUAGE, f"declared {spec.name}, starts like {found}")

    return check
