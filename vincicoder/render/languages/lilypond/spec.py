"""What the project knows of LilyPond (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.lilypond import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="lilypond",
    title="LilyPond",
    fences=("ly",),
    suffixes=(".ly",),
    renderer=when_used("vincicoder.render.languages.lilypond.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.lilypond.hostile", "SUITE"),
    scratch_mb=128,
    tokens=usual_rules(r"%\{.*?%\}|%[^\n]*", ("%",)),
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    recognise=text.recognise,
    guess_rank=50,
    faults=when_used("vincicoder.refine.drawing_faults", "lilypond_faults"),
)
