"""Asymptote's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.asymptote import text
from vincicoder.render.languages.c_like_text import C_COMMENT, c_like_form
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.asymptote.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.asymptote.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="asymptote",
    title="Asymptote",
    fences=("asy",),
    suffixes=(".asy",),
    renderer=_renderer,
    hostile=_hostile,
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=c_like_form,
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=70,
)
