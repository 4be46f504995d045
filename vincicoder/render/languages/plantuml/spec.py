"""What the project knows of PlantUML (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.plantuml import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="plantuml",
    title="PlantUML",
    fences=("puml", "uml"),
    suffixes=(".puml", ".plantuml", ".pu", ".iuml"),
    renderer=when_used("vincicoder.render.languages.plantuml.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.plantuml.hostile", "SUITE"),
    scratch_mb=64,
    tokens=usual_rules(r"(?m:^[ \t]*'[^\n]*)|/'.*?'/", ("'", "/'", " '", "\t'")),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=25,
    chart_type=text.chart_type,
)
