"""What the project knows of Vega-Lite (see `LanguageSpec`)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.vega_lite import text
from vincicoder.render.languages.when_used import when_used
from vincicoder.render.protocol import LanguageRenderer


def _renderer_on(stack: str) -> LanguageRenderer[Any]:
    from vincicoder.render.languages.vega_lite.renderer import renderer_on

    return renderer_on(stack)


SPEC = LanguageSpec(
    name="vega-lite",
    title="Vega-Lite",
    domain="chart",
    fences=("vegalite", "vega", "vl", "vega_lite"),
    stack_of=text.stack_of,
    doubtful_fences=("vega",),
    suffixes=(".vl", ".vl.json"),
    renderer=when_used("vincicoder.render.languages.vega_lite.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.vega_lite.hostile", "SUITE"),
    hands_over_to=("html",),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=20,
    chart_type=text.chart_type,
    data_names=text.data_names,
    faults=when_used("vincicoder.refine.vega_faults", "vega_lite_faults"),
)

ON_STACKS = tuple(
    replace(
        SPEC,
        name=f"{SPEC.name}-{stack}",
        variant_of=SPEC.name,
        stack=stack,
        stack_of=None,
        fences=(),
        doubtful_fences=(),
        suffixes=(),
        recognise=None,
        faults=None,
        renderer=partial(_renderer_on, stack),
        hostile=when_used("vincicoder.render.languages.vega_lite.hostile_on_stack", "SUITE"),
    )
    for stack in ("5", "6")
)
"""Vega-Lite drawn by one version, whatever the specification names: its defaults are of another size."""
