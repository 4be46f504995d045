"""SVG drawn by CairoSVG whatever else is installed: the reference that librsvg is measured against.

Asked for by its renderer's name, `RenderRequest(…, "svg-cairosvg", code)`; see `svg_agreement.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.protocol import WorkerRenderer
from vincicoder.render.svg import missing_tools
from vincicoder.render.svg_size import SIZE_RULE

__all__ = ["create", "fingerprint", "missing_tools"]


def create() -> WorkerRenderer:
    """Make the worker-side renderer."""
    from vincicoder.render.svg_backends import draw_with_cairosvg
    from vincicoder.render.svg_worker import SvgRenderer

    return SvgRenderer(draw_with_cairosvg)


def fingerprint() -> Mapping[str, str]:
    """Return the engine with its version, the size rule and the fonts."""
    from vincicoder.render.svg_backends import cairosvg_version

    return {"engine": cairosvg_version(), "size": SIZE_RULE, "fonts": fonts_fingerprint()}
