"""Turns what `marks.js` counted in a page into notes."""

from __future__ import annotations

from collections.abc import Mapping

from vincicoder.render.notes import DECODED_IMAGE, canvas_pixels, decoded_bytes, decoded_share, marks

_FEW_MARKS = 50


def notes_of_marks(found: Mapping[str, float]) -> tuple[str, ...]:
    """Return the notes on a page: images that it carries, how much of it shows them, marks, canvases."""
    notes: tuple[str, ...] = ()
    if found["decoded"]:
        shown = float(found["shown"])
        notes += (DECODED_IMAGE, decoded_bytes(int(found["decoded"])), decoded_share(shown))
    if found["marks"] >= _FEW_MARKS:
        notes += (marks(int(found["marks"])),)
    if found["canvas"]:
        notes += (canvas_pixels(int(found["canvas"])),)
    return notes
