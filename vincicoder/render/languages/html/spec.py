"""HTML's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.html import text
from vincicoder.render.languages.markup_text import MARKUP_TOKENS
from vincicoder.render.languages.spec import DocumentMarks, LanguageSpec

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.html.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.html.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="html",
    title="HTML",
    domain="web",
    fences=("html5", "htm", "xhtml"),
    suffixes=(".html", ".htm"),
    renderer=_renderer,
    hostile=_hostile,
    recycle_after=500,
    scratch_mb=1024,
    tokens=MARKUP_TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    may_start_like=("svg",),  # a page may well start with a drawing of its own
    documents=(DocumentMarks(("<!doctype html", "<html"), ("</html>",)),),
    recognise=text.recognise,
    guess_rank=11,
)
