"""LaTeX's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vincicoder.render.languages.latex import text
from vincicoder.render.languages.spec import DocumentMarks, LanguageSpec

if TYPE_CHECKING:
    from vincicoder.render.languages.hostile_sample import HostileSuite
    from vincicoder.render.protocol import LanguageRenderer


def _renderer() -> LanguageRenderer[Any]:
    from vincicoder.render.languages.latex.renderer import RENDERER

    return RENDERER


def _hostile() -> HostileSuite:
    from vincicoder.render.languages.latex.hostile import SUITE

    return SUITE


SPEC = LanguageSpec(
    name="latex",
    title="LaTeX",
    domain="latex",
    fences=("tex", "tikz", "pgf", "pgfplots", "circuitikz", "latexcode"),
    suffixes=(".tex",),
    renderer=_renderer,
    hostile=_hostile,
    scratch_mb=512,
    tokens=text.TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    documents=(
        DocumentMarks(("\\documentclass",), ("\\end{document}",)),
        DocumentMarks(("\\begin{tikzpicture}",), ("\\end{tikzpicture}",)),
    ),
    recognise=text.recognise,
    guess_rank=60,
)
