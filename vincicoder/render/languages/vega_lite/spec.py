"""What the project knows of Vega-Lite (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.vega_lite import text
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="vega-lite",
    title="Vega-Lite",
    domain="chart",
    fences=("vegalite", "vega", "vl", "vega_lite"),
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
    faults=when_used("vincicoder.refine.vega_faults", "vega_lite_faults"),
)
