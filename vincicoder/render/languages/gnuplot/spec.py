"""What the project knows of Gnuplot (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.gnuplot import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="gnuplot",
    title="Gnuplot",
    domain="chart",
    fences=("gp", "plt", "gnu"),
    suffixes=(".gp", ".gnuplot", ".plt", ".gnu"),
    renderer=when_used("vincicoder.render.languages.gnuplot.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.gnuplot.hostile", "SUITE"),
    scratch_mb=64,
    tokens=usual_rules(r"(?m:^[ \t]*#[^\n]*)", ("#", " #", "\t#")),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=78,
    chart_type=text.chart_type,
    data_names=text.data_names,
)
