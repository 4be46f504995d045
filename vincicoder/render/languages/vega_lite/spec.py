"""Vega-Lite's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.vega_lite import text

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.vega_lite.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.vega_lite.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="vega-lite",
    title="Vega-Lite",
    domain="chart",
    fences=("vegalite", "vega", "vl", "vega_lite"),
    doubtful_fences=("vega",),
    suffixes=(".vl", ".vl.json"),
    renderer=_renderer,
    hostile=_hostile,
    hands_over_to=("html",),
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=20,
)
