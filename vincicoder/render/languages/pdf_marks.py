"""Counts what the pages of a PDF are made of: bitmaps, and boxes and lines that could make up a mosaic."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref, c_float, c_uint

import pypdfium2
import pypdfium2.raw as pdfium

from vincicoder.render.notes import DECODED_IMAGE, decoded_share, marks, set_pixels

_FEW_MARKS = 50
_DEEPEST = 4  # forms inside forms
_MOST_OBJECTS = 200_000
_COLORED = 32  # levels between the strongest and the weakest channel of lettering that may be cells


def notes_of_pdf(pdf: bytes) -> tuple[str, ...]:
    """Return the notes on a PDF, none where it cannot be read."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return ()
    try:
        return notes_of_sheets([document[number] for number in range(len(document))])
    finally:
        document.close()


def notes_of_sheets(sheets: Sequence[pypdfium2.PdfPage]) -> tuple[str, ...]:
    """Return the notes on the pages of a PDF."""
    found = _Found()
    whole = 0.0
    for sheet in sheets:
        width, height = sheet.get_size()
        whole += width * height
        _count(sheet.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, found, 0)
    notes: tuple[str, ...] = ()
    if found.pixels:
        share = min(found.area / max(whole, 1), 1.0)
        notes += (DECODED_IMAGE, set_pixels(found.pixels), decoded_share(share))
    if found.marks >= _FEW_MARKS:
        notes += (marks(found.marks),)
    return notes


class _Found:
    def __init__(self) -> None:
        self.pixels = self.marks = self.objects = 0
        self.area = 0.0


def _count(owner, count_of, object_of, found: _Found, depth: int) -> None:  # type: ignore[no-untyped-def]
    for number in range(count_of(owner)):
        found.objects += 1
        if found.objects > _MOST_OBJECTS:
            return
        item = object_of(owner, number)
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            found.marks += max(1, pdfium.FPDFPath_CountSegments(item) // 5)
        elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
            found.marks += 1
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            found.marks += _is_colored(item)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            width, height = c_uint(), c_uint()
            pdfium.FPDFImageObj_GetImagePixelSize(item, byref(width), byref(height))
            found.pixels += max(1, width.value * height.value)
            edges = [c_float() for _ in range(4)]
            if pdfium.FPDFPageObj_GetBounds(item, *map(byref, edges)):
                left, bottom, right, top = (edge.value for edge in edges)
                found.area += abs((right - left) * (top - bottom))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            _count(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, found, depth + 1)


def _is_colored(item) -> bool:  # type: ignore[no-untyped-def]
    channels = [c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(item, *map(byref, channels)):
        return False
    red_green_blue = [channel.value for channel in channels[:3]]
    return max(red_green_blue) - min(red_green_blue) > _COLORED
