"""What the project knows of WaveDrom (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.c_like_text import C_COMMENT
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.wavedrom import text
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="wavedrom",
    title="WaveDrom",
    domain="diagram",
    fences=("wavejson",),
    suffixes=(".wavedrom", ".wavedrom.json", ".wavedrom.json5"),
    renderer=when_used("vincicoder.render.languages.wavedrom.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.wavedrom.hostile", "SUITE"),
    hands_over_to=("html",),
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=17,
    chart_type=text.chart_type,
)
