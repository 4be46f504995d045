"""What the project knows of ECharts (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.c_like_text import C_COMMENT
from vincicoder.render.languages.echarts import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="echarts",
    title="ECharts",
    domain="chart",
    fences=("echart", "javascript", "js", "json5"),
    doubtful_fences=("javascript", "js", "json5"),
    suffixes=(".echarts.js", ".echarts.json", ".echarts"),
    renderer=when_used("vincicoder.render.languages.echarts.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.echarts.hostile", "SUITE"),
    hands_over_to=("html",),
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=18,
    chart_type=text.chart_type,
)
