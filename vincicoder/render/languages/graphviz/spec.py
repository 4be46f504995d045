"""Graphviz's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.c_like_text import C_COMMENT
from vincicoder.render.languages.graphviz import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.graphviz.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.graphviz.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="graphviz",
    title="Graphviz",
    fences=("dot", "gv"),
    suffixes=(".gv", ".dot"),
    renderer=_renderer,
    hostile=_hostile,
    scratch_mb=64,
    tokens=usual_rules(C_COMMENT, ("//", "/*")),
    normal_form=text.normal_form,
    map_comments=text.map_comments,
    start=text.START,
    recognise=text.recognise,
    guess_rank=40,
)
