"""What the project knows of R (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.r import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="r",
    title="R",
    domain="chart",
    fences=("rscript", "rlang", "ggplot2", "ggplot"),
    suffixes=(".r",),
    renderer=when_used("vincicoder.render.languages.r.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.r.hostile", "SUITE"),
    scratch_mb=64,
    tokens=usual_rules(r"#[^\n]*", ("#",)),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    recognise=text.recognise,
    guess_rank=77,
    chart_type=text.chart_type,
    data_names=text.data_names,
)
