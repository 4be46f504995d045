"""SVG drawn by CairoSVG whatever else is installed: the reference that librsvg is measured against.

Asked for by its renderer's name, `RenderRequest(…, "svg-cairosvg", code)`; see `agreement.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.languages.svg.renderer import missing_tools
from vincicoder.render.languages.svg.size import SIZE_RULE
from vincicoder.render.protocol import LanguageRenderer, WorkerRenderer


def create() -> WorkerRenderer:
    """Make the worker-side renderer."""
    from vincicoder.render.languages.svg.backends import draw_with_cairosvg
    from vincicoder.render.languages.svg.worker import SvgRenderer

    return SvgRenderer(draw_with_cairosvg)


def fingerprint() -> Mapping[str, str]:
    """Return the engine with its version, the size rule and the fonts."""
    from vincicoder.render.languages.svg.backends import cairosvg_version

    return {"engine": cairosvg_version(), "size": SIZE_RULE, "fonts": fonts_fingerprint()}


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
)
