"""The first page of a PDF as pixels, whole or cropped to its ink."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vincicoder.render.languages.latex.preamble import BORDER_POINTS
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.sample import Reason

if TYPE_CHECKING:
    import pypdfium2

    from vincicoder.render.api import RenderLimits

DOTS_PER_INCH = 200
"""A line of 10-point text is about 28 pixels high: a lone formula stays legible after resizing."""

_SEARCH_SCALE = 0.5
"""Pixels a point (36 dpi) at which the ink of a page is looked for."""


def rasterize(pdf: Path | bytes, crop: bool, limits: RenderLimits) -> Picture | Refusal:
    """Draw the first page of `pdf`, a file or its content, on white at DOTS_PER_INCH."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        return Refusal(Reason.RENDER_ERROR, f"TeX wrote a PDF that cannot be read: {error}")
    try:
        if len(document) == 0:
            return Refusal(Reason.RENDER_NO_OUTPUT, "the document has no page")
        page = document[0]
        width, height = page.get_size()
        cut = (0.0, 0.0, 0.0, 0.0)
        if crop:
            # Ten times the pixel limit at the search scale is still a small picture.
            if width * height * _SEARCH_SCALE**2 > limits.max_pixels:
                return Refusal(Reason.RENDER_TOO_LARGE, f"the page is {width:g}x{height:g} points")
            found = _margins(page, width, height)
            if found is None:
                return Refusal(Reason.RENDER_NO_OUTPUT, "the first page is blank")
            cut = found
        scale = DOTS_PER_INCH / 72
        columns, rows = round((width - cut[0] - cut[2]) * scale), round((height - cut[1] - cut[3]) * scale)
        if columns > limits.max_width or rows > limits.max_height or columns * rows > limits.max_pixels:
            return Refusal(
                Reason.RENDER_TOO_LARGE,
                f"the picture is {columns}x{rows} pixels at {DOTS_PER_INCH} dpi; at most {limits.max_width}x"
                f"{limits.max_height} and {limits.max_pixels} pixels in all are allowed",
            )
        if columns < 1 or rows < 1:
            return Refusal(Reason.RENDER_NO_OUTPUT, f"the page is {width:g}x{height:g} points")
        bitmap = page.render(scale=scale, crop=cut, rev_byteorder=True, fill_color=(255, 255, 255, 255))
        return Picture(np.array(bitmap.to_numpy()[:, :, :3]))
    except pypdfium2.PdfiumError as error:
        return Refusal(Reason.RENDER_ERROR, f"the page cannot be drawn: {error}")
    finally:
        document.close()


def _margins(
    page: pypdfium2.PdfPage, width: float, height: float
) -> tuple[float, float, float, float] | None:
    """Return what to cut off at the left, bottom, right and top, in points; None for a blank page."""
    small = page.render(scale=_SEARCH_SCALE, fill_color=(255, 255, 255, 255)).to_numpy()[:, :, :3]
    ink = (small != 255).any(axis=2)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return None
    left = columns[0] / _SEARCH_SCALE - BORDER_POINTS
    top = rows[0] / _SEARCH_SCALE - BORDER_POINTS
    right = width - (columns[-1] + 1) / _SEARCH_SCALE - BORDER_POINTS
    bottom = height - (rows[-1] + 1) / _SEARCH_SCALE - BORDER_POINTS
    return max(0.0, left), max(0.0, bottom), max(0.0, right), max(0.0, top)
