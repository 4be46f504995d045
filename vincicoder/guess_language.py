"""Guesses the language of a piece of code from its first lines, where nothing else names it."""

from __future__ import annotations

from vincicoder.render.languages.code_head import CodeHead
from vincicoder.render.registry import LANGUAGES

_RECOGNISERS = [
    (spec.name, spec.recognise)
    for spec in sorted(LANGUAGES.values(), key=lambda spec: spec.guess_rank)
    if spec.recognise is not None
]


def guess_language(code: str) -> str | None:
    """Return a language's name, or None for what looks like no known language.

    Markup is recognised by its first tag, Mermaid, Graphviz and Vega-Lite by their first word or key; the
    rest by statements that only they have. Every language's `recognise` says how, see `LanguageSpec`.
    """
    head = CodeHead.of(code)
    if not head.text:
        return None
    for name, recognise in _RECOGNISERS:
        found = recognise(head)
        if found is not None:
            return name if found else None
    return None
