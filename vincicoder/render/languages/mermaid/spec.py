"""Mermaid's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.mermaid import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.token_rules import usual_rules

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.mermaid.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.mermaid.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="mermaid",
    title="Mermaid",
    fences=("mmd",),
    suffixes=(".mmd", ".mermaid"),
    renderer=_renderer,
    hostile=_hostile,
    hands_over_to=("html",),
    tokens=usual_rules(r"%%(?!\{)[^\n]*", ("%%",)),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=30,
)
