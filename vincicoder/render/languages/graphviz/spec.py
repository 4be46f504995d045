"""What the project knows of Graphviz (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.c_like_text import C_COMMENT
from vincicoder.render.languages.graphviz import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="graphviz",
    title="Graphviz",
    fences=("dot", "gv"),
    suffixes=(".gv", ".dot"),
    renderer=when_used("vincicoder.render.languages.graphviz.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.graphviz.hostile", "SUITE"),
    scratch_mb=64,
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=text.normal_form,
    map_comments=text.map_comments,
    start=text.START,
    recognise=text.recognise,
    guess_rank=40,
    faults=when_used("vincicoder.refine.dot_faults", "graphviz_faults"),
)
