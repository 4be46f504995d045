"""The worker side of SVG: check, then draw; the engine ends what exceeds its limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import RenderLimits
from vincicoder.render.languages.svg.backends import (
    SvgError,
    draw_with_cairosvg,
    draw_with_librsvg,
    has_librsvg,
)
from vincicoder.render.languages.svg.browser import hand_over
from vincicoder.render.languages.svg.detector import feature_beyond_librsvg, script_that_draws
from vincicoder.render.languages.svg.guard import check_svg
from vincicoder.render.languages.svg.marks import svg_notes
from vincicoder.render.protocol import HandOver, Picture, Refusal
from vincicoder.render.sandbox import kernel
from vincicoder.sample import Reason

# The text is decoded already: what it was written in would be taken for what it is in.
_ENCODING = re.compile(r"(\s*<\?xml\b[^>]*?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
Draw = Callable[[str], NDArray[np.uint8]]
_WARM_UP = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><text x="9" y="99">Warm</text></svg>'
)


class SvgRenderer:
    """Implements `WorkerRenderer` in-process: the libraries keep nothing between documents.

    `draw` is one of `backends.py`, and draws all documents; by default librsvg where it is installed, and the
    browser what that draws wrongly.
    """

    def __init__(self, draw: Draw | None = None) -> None:
        self._draw = draw

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Load the library and its fonts."""
        self._limits = limits
        kernel.keep_freed_memory()
        render_svg(_WARM_UP, limits, self._draw)

    def render(self, code: str) -> Picture | Refusal | HandOver:
        """Draw one document."""
        drawn = render_svg(code, self._limits, self._draw)
        if isinstance(drawn, Refusal):
            return drawn
        return replace(drawn, notes=(*drawn.notes, *svg_notes(code)))

    def close(self) -> None:
        """Nothing to stop."""


def render_svg(code: str, limits: RenderLimits, draw: Draw | None = None) -> Picture | Refusal | HandOver:
    """Check and draw one document, by default with librsvg where it is installed.

    Without `draw`, a document with a feature that librsvg draws wrongly is handed over to the browser.
    """
    code = _ENCODING.sub(r"\1", code, count=1) if "encoding" in code[:200] else code
    refusal = check_svg(code)
    if refusal is not None:
        return refusal
    if script_that_draws(code):
        return Refusal(Reason.RENDER_FORBIDDEN, "<script> makes elements: the scripts of a drawing never run")
    if draw is None:
        feature = feature_beyond_librsvg(code)
        if feature:
            return hand_over(code, feature)
        draw = draw_with_librsvg if has_librsvg() else draw_with_cairosvg
    try:
        return Picture(draw(code))
    except SvgError as error:
        if "Excessive depth" in str(error):  # the parser's own bound, 256
            return Refusal(Reason.RENDER_TOO_LARGE, f"elements nested too deep: {error}")
        return Refusal(Reason.RENDER_ERROR, str(error))
    except MemoryError:
        return Refusal(Reason.RENDER_OUT_OF_MEMORY, "the drawing library ran out of memory")
