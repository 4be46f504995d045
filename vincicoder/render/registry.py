"""Which module renders which language. A new language is one line here and one file beside it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import cast

from vincicoder.render.protocol import RendererModule


@dataclass(frozen=True, slots=True)
class Registration:
    """How the engine treats a language's workers.

    `queue_depth`: samples handed to a busy worker ahead of time; over 1 only where a sample takes
    a few milliseconds, so that the hand-over would show. `recycle_after`: samples a worker renders
    before it is replaced. `scratch_mb`: size of the worker's private temporary file system beyond
    the sample's own `output_mb`. `hands_over_to`: the languages in which its renderer may let others
    draw (see `protocol.HandOver`).
    """

    module: str
    queue_depth: int = 1
    recycle_after: int = 1000
    scratch_mb: int = 256
    hands_over_to: tuple[str, ...] = ()


LANGUAGES: dict[str, Registration] = {
    "python": Registration(
        "vincicoder.render.languages.python.renderer",
        recycle_after=5000,
        scratch_mb=16,
        hands_over_to=("html", "graphviz"),
    ),
    "svg": Registration(
        "vincicoder.render.languages.svg.renderer", queue_depth=3, recycle_after=5000, scratch_mb=16
    ),
    "svg-cairosvg": Registration(
        "vincicoder.render.languages.svg.reference", recycle_after=5000, scratch_mb=16
    ),
    "html": Registration("vincicoder.render.languages.html.renderer", recycle_after=500, scratch_mb=1024),
    "latex": Registration("vincicoder.render.languages.latex.renderer", recycle_after=1000, scratch_mb=512),
    "graphviz": Registration(
        "vincicoder.render.languages.graphviz.renderer", recycle_after=1000, scratch_mb=64
    ),
    "mermaid": Registration("vincicoder.render.languages.mermaid.renderer", hands_over_to=("html",)),
    "vega-lite": Registration("vincicoder.render.languages.vega_lite.renderer", hands_over_to=("html",)),
    "asymptote": Registration("vincicoder.render.languages.asymptote.renderer", scratch_mb=256),
    "lilypond": Registration("vincicoder.render.languages.lilypond.renderer", scratch_mb=128),
}


@cache
def load_module(language: str) -> RendererModule:
    """Import a registered language's renderer module. Raises KeyError, ImportError."""
    return cast("RendererModule", importlib.import_module(LANGUAGES[language].module))


@cache
def why_unsupported(language: str) -> str:
    """Return why a language cannot be rendered here and how to mend it, or '' when it can."""
    if language not in LANGUAGES:
        return f"no renderer for language {language!r}; registered languages are {', '.join(LANGUAGES)}"
    try:
        missing = load_module(language).missing_tools()
    except ImportError as error:
        return f"the renderer for {language!r} cannot be imported ({error}): pip install 'vincicoder[render]'"
    if missing:
        return f"to render {language!r} here, install: {'; '.join(missing)}"
    return ""
