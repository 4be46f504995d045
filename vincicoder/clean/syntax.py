"""Syntax checks of each language, before anything is run: see `LanguageSpec.syntax_error`."""

from __future__ import annotations

from collections.abc import Callable

from vincicoder.clean.filter import Filter, FilterResult, each
from vincicoder.render.registry import LANGUAGES
from vincicoder.sample import Reason, Rejection


def syntax_error(language: str, code: str) -> str | None:
    """Return what is wrong with the code, in one line with its place, or None.

    A language without a check is left to its renderer.
    """
    spec = LANGUAGES.get(language)
    return spec.syntax_error(code) if spec and spec.syntax_error else None


def syntax_filters() -> tuple[Filter, ...]:
    """Return one filter for each language with a check."""
    return tuple(
        Filter("syntax", each(_rejecting(spec.syntax_error)), frozenset({spec.name}))
        for spec in LANGUAGES.values()
        if spec.syntax_error
    )


def _rejecting(find: Callable[[str], str | None]) -> Callable[[str], FilterResult]:
    def check(code: str) -> FilterResult:
        problem = find(code)
        return Rejection(Reason.CLEAN_SYNTAX_ERROR, problem) if problem else None

    return check
