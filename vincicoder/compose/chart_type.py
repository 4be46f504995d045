"""What kind of drawing a program makes, by its code. It serves strata and tables; it may be wrong."""

from __future__ import annotations

from vincicoder.render.registry import LANGUAGES


def chart_type_of(language: str, code: str) -> str:
    """Return one word such as `bar`, `table` or `flowchart`; the language's name where it has no kinds."""
    spec = LANGUAGES.get(language)
    return language if spec is None or spec.chart_type is None else spec.chart_type(code)
