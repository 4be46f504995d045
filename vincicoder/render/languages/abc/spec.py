"""What the project knows of ABC notation (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.abc import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="abc",
    title="ABC notation",
    fences=("abcnotation", "abc-notation"),
    suffixes=(".abc",),
    renderer=when_used("vincicoder.render.languages.abc.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.abc.hostile", "SUITE"),
    scratch_mb=64,
    tokens=usual_rules(r"(?m:^%(?!%)[^\n]*)", ("%",)),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=28,
    chart_type=text.chart_type,
)
