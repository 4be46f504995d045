"""LilyPond's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.lilypond import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.lilypond.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.lilypond.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="lilypond",
    title="LilyPond",
    fences=("ly",),
    suffixes=(".ly",),
    renderer=_renderer,
    hostile=_hostile,
    scratch_mb=128,
    tokens=usual_rules(r"%\{.*?%\}|%[^\n]*", ("%",)),
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=50,
)
