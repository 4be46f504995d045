"""What the project knows of Typst (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.c_like_text import C_COMMENT
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.typst import text
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="typst",
    title="Typst",
    domain="latex",
    fences=("typ",),
    suffixes=(".typ",),
    renderer=when_used("vincicoder.render.languages.typst.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.typst.hostile", "SUITE"),
    scratch_mb=64,
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=text.normal_form,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=75,
    chart_type=text.chart_type,
)
