"""What the project knows of Mermaid (see `LanguageSpec`)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from vincicoder.render.languages.mermaid import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used
from vincicoder.render.protocol import LanguageRenderer


def _renderer_of(library: str) -> LanguageRenderer[Any]:
    from vincicoder.render.languages.mermaid.renderer import renderer_of

    return renderer_of(library)


SPEC = LanguageSpec(
    name="mermaid",
    title="Mermaid",
    stack="12",
    fences=("mmd",),
    suffixes=(".mmd", ".mermaid"),
    renderer=when_used("vincicoder.render.languages.mermaid.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.mermaid.hostile", "SUITE"),
    hands_over_to=("html",),
    tokens=usual_rules(r"%%(?!\{)[^\n]*", ("%%",)),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=30,
    chart_type=text.chart_type,
    faults=when_used("vincicoder.refine.mermaid_faults", "mermaid_faults"),
)

ON_OTHER_STACKS = tuple(
    replace(
        SPEC,
        name=f"{SPEC.name}-{stack}",
        variant_of=SPEC.name,
        stack=stack,
        fences=(),
        suffixes=(),
        recognise=None,
        faults=None,
        renderer=partial(_renderer_of, f"{SPEC.name}-{stack}"),
        hostile=when_used("vincicoder.render.languages.mermaid.hostile_on_stack", "SUITE"),
    )
    for stack in ("10", "11")
)
"""Mermaid as its earlier versions drew it: another look, and kinds of diagrams that went."""
