"""What the project knows of Asymptote (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.asymptote import text
from vincicoder.render.languages.c_like_text import C_COMMENT, c_like_form
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="asymptote",
    title="Asymptote",
    fences=("asy",),
    suffixes=(".asy",),
    renderer=when_used("vincicoder.render.languages.asymptote.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.asymptote.hostile", "SUITE"),
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=c_like_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=70,
    faults=when_used("vincicoder.refine.drawing_faults", "asymptote_faults"),
)
