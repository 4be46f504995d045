"""The pages of a PDF as pixels, one below the other, whole or cropped to their ink."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vincicoder.render.api import RenderLimits, too_large
from vincicoder.render.finish import stacked
from vincicoder.render.languages.latex.preamble import BORDER_POINTS
from vincicoder.render.languages.pdf_marks import notes_of_sheets
from vincicoder.render.notes import pages
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.sample import Reason

if TYPE_CHECKING:
    import pypdfium2

DOTS_PER_INCH = 200
"""A line of 10-point text is about 28 pixels high: a lone formula stays legible after resizing."""

MAX_PAGES = 40
"""A document with more is refused before any is drawn."""

_SEARCH_SCALE = 0.5
"""Pixels a point (36 dpi) at which the ink of a page is looked for."""


def rasterize(pdf: Path | bytes, crop: bool, limits: RenderLimits) -> Picture | Refusal:
    """Draw all pages of `pdf`, a file or its content, on white at DOTS_PER_INCH, one below the other.

    Cropped pages keep their places beside each other: left and right they lose the same. Blank ones are left
    out of such a picture.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        return Refusal(Reason.RENDER_ERROR, f"TeX wrote a PDF that cannot be read: {error}")
    try:
        count = len(document)
        if count == 0:
            return Refusal(Reason.RENDER_NO_OUTPUT, "the document has no page")
        if count > MAX_PAGES:
            return Refusal(Reason.RENDER_TOO_LARGE, f"{count} pages; at most {MAX_PAGES} are allowed")
        return _draw([document[number] for number in range(count)], crop, limits)
    except pypdfium2.PdfiumError as error:
        return Refusal(Reason.RENDER_ERROR, f"the page cannot be drawn: {error}")
    finally:
        document.close()


def _draw(sheets: list[pypdfium2.PdfPage], crop: bool, limits: RenderLimits) -> Picture | Refusal:
    notes = (pages(len(sheets)),) if len(sheets) > 1 else ()
    cuts = [(0.0, 0.0, 0.0, 0.0) for _ in sheets]
    if crop:
        found = []
        for sheet in sheets:
            width, height = sheet.get_size()
            # Ten times the pixel limit at the search scale is still a small picture.
            if width * height * _SEARCH_SCALE**2 > limits.max_pixels:
                return Refusal(Reason.RENDER_TOO_LARGE, f"the page is {width:g}x{height:g} points", notes)
            found.append(_margins(sheet, width, height))
        inked = [(sheet, cut) for sheet, cut in zip(sheets, found, strict=True) if cut is not None]
        if not inked:
            return Refusal(Reason.RENDER_NO_OUTPUT, "every page is blank", notes)
        sheets = [sheet for sheet, _ in inked]
        left, right = (min(cut[side] for _, cut in inked) for side in (0, 2))
        cuts = [(left, cut[1], right, cut[3]) for _, cut in inked]
    scale = DOTS_PER_INCH / 72
    sizes = []
    for sheet, cut in zip(sheets, cuts, strict=True):
        width, height = sheet.get_size()
        sizes.append((round((width - cut[0] - cut[2]) * scale), round((height - cut[1] - cut[3]) * scale)))
        if min(sizes[-1]) < 1:
            return Refusal(Reason.RENDER_NO_OUTPUT, f"the page is {width:g}x{height:g} points", notes)
    problem = too_large(max(width for width, _ in sizes), sum(height for _, height in sizes), limits)
    if problem:
        of_pages = f" ({len(sizes)} pages)" if len(sizes) > 1 else ""
        return Refusal(Reason.RENDER_TOO_LARGE, f"{problem}{of_pages}, at {DOTS_PER_INCH} dpi", notes)
    return Picture(
        stacked([_pixels(sheet, cut, scale) for sheet, cut in zip(sheets, cuts, strict=True)]),
        (*notes, *notes_of_sheets(sheets)),
    )


def _pixels(
    sheet: pypdfium2.PdfPage, cut: tuple[float, float, float, float], scale: float
) -> NDArray[np.uint8]:
    bitmap = sheet.render(scale=scale, crop=cut, rev_byteorder=True, fill_color=(255, 255, 255, 255))
    return np.array(bitmap.to_numpy()[:, :, :3])


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
