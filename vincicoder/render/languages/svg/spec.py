"""SVG's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.markup_text import MARKUP_TOKENS
from vincicoder.render.languages.spec import DocumentMarks, LanguageSpec
from vincicoder.render.languages.svg import text

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.svg.renderer import RENDERER

    return RENDERER


def _reference() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.svg.reference import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.svg.hostile import SUITE

    return SUITE


def _hostile_reference() -> HostileSuite:
    from vincicoder.render.languages.svg.hostile_reference import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="svg",
    title="SVG",
    domain="svg",
    fences=("xml", "svg+xml", "image/svg+xml"),
    doubtful_fences=("xml",),
    suffixes=(".svg",),
    renderer=_renderer,
    hostile=_hostile,
    queue_depth=3,
    recycle_after=5000,
    scratch_mb=16,
    hands_over_to=("html",),
    tokens=MARKUP_TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    documents=(DocumentMarks(("<?xml", "<svg"), ("</svg>",)),),
    recognise=text.recognise,
    guess_rank=10,
)

REFERENCE = LanguageSpec(
    name="svg-cairosvg",
    title="SVG",
    variant_of="svg",
    renderer=_reference,
    hostile=_hostile_reference,
    recycle_after=5000,
    scratch_mb=16,
)
