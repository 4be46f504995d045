"""What the project knows of Mermaid (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.mermaid import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="mermaid",
    title="Mermaid",
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
