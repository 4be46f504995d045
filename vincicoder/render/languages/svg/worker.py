"""The worker side of SVG: check, draw; the engine's watch ends what never finishes."""

from __future__ import annotations

from collections.abc import Callable
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
from vincicoder.render.languages.svg.guard import check_svg
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.render.sandbox import kernel
from vincicoder.sample import Reason

_WARM_UP = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><text x="9" y="99">Warm</text></svg>'
)


class SvgRenderer:
    """Implements `WorkerRenderer` in-process: the libraries keep nothing between documents.

    `draw` is one of `svg_backends`; by default librsvg where it is installed.
    """

    def __init__(self, draw: Callable[[bytes], NDArray[np.uint8]] | None = None) -> None:
        self._draw = draw

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Load the library and its fonts."""
        self._limits = limits
        kernel.keep_freed_memory()
        render_svg(_WARM_UP, limits, self._draw)

    def render(self, code: str) -> Picture | Refusal:
        """Draw one document."""
        return render_svg(code, self._limits, self._draw)

    def close(self) -> None:
        """Nothing to stop."""


def render_svg(
    code: str, limits: RenderLimits, draw: Callable[[bytes], NDArray[np.uint8]] | None = None
) -> Picture | Refusal:
    """Check and draw one document, by default with librsvg where it is installed."""
    refusal = check_svg(code)
    if refusal is not None:
        return refusal
    if draw is None:
        draw = draw_with_librsvg if has_librsvg() else draw_with_cairosvg
    try:
        return Picture(draw(code.encode("utf-8", "replace")))
    except SvgError as error:
        if "Excessive depth" in str(error):  # the parser's own bound, 256
            return Refusal(Reason.RENDER_TOO_LARGE, f"elements nested too deep: {error}")
        return Refusal(Reason.RENDER_ERROR, str(error))
    except MemoryError:
        return Refusal(Reason.RENDER_OUT_OF_MEMORY, "the drawing library ran out of memory")
