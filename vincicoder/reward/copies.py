"""Distinguishes a drawing from a copy, by what the program did while it drew and by how much data it holds.

A copy of the picture has to hold it: as an image file, a table of pixels, or a mosaic of cells, runs, dots
or stops. So its literals hold information (`cost.py`), and its picture is made of many marks (the notes of
`vincicoder.render.notes`). An honest drawing has few of one or of the other: a heat map that is computed has
many cells and hardly any literals; an icon has much data, and it is curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vincicoder.render.notes import note_values
from vincicoder.reward.cost import cost_of

EMBEDDED_RASTER = "embedded_raster"
UNECONOMICAL = "uneconomical"

# An image file of fewer bytes is a spacer; one in less of the picture is an ornament.
_FEWEST_BYTES = 150
_LEAST_SHARE = 0.03
# A picture is a mosaic where it has this many marks and its program this many bytes of literals; both are
# over what honest programs of the corpora have together (docs/reward.md has the figures). Python has marks
# of charts, such as those of 200 points, Mermaid those that its library draws; markup has boxes only.
_MOSAIC = {"python": (200, 600), "r": (200, 600), "latex": (90, 300), "mermaid": (200, 500)}
_OTHER_MOSAIC = (110, 250)
# Marks that hold this many times the information of the literals were computed.
_COMPUTED = 2.5
_CANVAS_PIXELS_A_MARK = 64
# Bytes of literals, and of text, that a program may have whatever it draws; at twice as many it has no score.
_FREE_DATA = {
    "python": 1_100,
    "r": 1_100,
    "latex": 700,
    "html": 4_500,
    "svg": 40_000,
    "vega-lite": 4_000,
    "lilypond": 2_000,
}
_FREE_TEXT = {"python": 4_500, "r": 4_500, "latex": 3_500, "html": 14_000, "svg": 50_000, "vega-lite": 6_000}
_OTHER_DATA, _OTHER_TEXT = 1_000, 4_000
# Tokens of an answer over those of the row's own program: free, and without any score.
_FREE_RATIO, _MOST_RATIO = 2.0, 6.0
_FEW_TOKENS = 250  # an own program shorter than this counts as this long


@dataclass(frozen=True, slots=True)
class Verdict:
    """`factor`, 0 to 1, is what is left of the score; `reason` is "" where all of it is."""

    factor: float = 1.0
    reason: str = ""
    detail: str = ""


def judge(code: str, language: str, notes: Sequence[str], own_code: str | None = None) -> Verdict:
    """Return what the way in which a picture was made leaves of its score.

    `notes` are those of its render; `own_code` is the row's own program, where the trainer knows it: an
    answer may hold twice of what that one holds.
    """
    cost = cost_of(code, language)
    own = cost_of(own_code, language) if own_code else None
    own_data = 2 * own.data if own else 0
    embedded = _embedded(cost.data, notes, own_data)
    if embedded:
        return Verdict(0.0, EMBEDDED_RASTER, embedded)
    excess, marks = _mosaic(cost.data, cost.text, language, notes, own_data)
    worst = Verdict()
    if excess > 1:
        detail = f"{marks} marks from {cost.data} bytes of literals: a copy of pixels"
        worst = Verdict(_falling(excess, 1.0, 1.5), EMBEDDED_RASTER, detail)
    free_data = max(_FREE_DATA.get(language, _OTHER_DATA), own_data)
    free_text = max(_FREE_TEXT.get(language, _OTHER_TEXT), 2 * own.text if own else 0)
    for value, free, what in ((cost.data, free_data, "bytes of literals"), (cost.text, free_text, "bytes")):
        factor = _falling(value / free, 1.0, 2.0)
        if factor < worst.factor:
            worst = Verdict(factor, UNECONOMICAL, f"{value} {what}; {free} are free")
    if own is not None:
        ratio = cost.tokens / max(own.tokens, _FEW_TOKENS)
        factor = _falling(ratio, _FREE_RATIO, _MOST_RATIO)
        if factor < worst.factor:
            detail = f"{cost.tokens} tokens, {ratio:.1f} times those of the row's own program"
            worst = Verdict(factor, UNECONOMICAL, detail)
    return worst


def _embedded(data: int, notes: Sequence[str], own_data: int) -> str:
    """Return what was embedded, "" where nothing was."""
    if data < max(_FEWEST_BYTES, own_data):
        return ""
    decoded = max(note_values(notes, "decoded_bytes"), default=0)
    share = note_values(notes, "decoded_share")
    in_bitmap = bool(share) and not decoded and bool(note_values(notes, "set_pixels"))
    if (_FEWEST_BYTES <= decoded <= _COMPUTED * data or in_bitmap) and (
        not share or share[0] >= 100 * _LEAST_SHARE
    ):
        return f"decoded {decoded} bytes of an image" if decoded else "a bitmap in the document"
    return ""


def _mosaic(data: int, text: int, language: str, notes: Sequence[str], own_data: int) -> tuple[float, int]:
    """Return by how much a picture is over what is no mosaic (1: just so), and its marks."""
    count, information = (*note_values(notes, "marks"), 0, 0)[:2]
    if information > _COMPUTED * data:
        count = 0
    pixels = max(note_values(notes, "set_pixels"), default=0)
    canvas = max(note_values(notes, "canvas_pixels"), default=0) // _CANVAS_PIXELS_A_MARK
    marks = max(count, pixels, canvas)
    most_marks, most_data = _MOSAIC.get(language, _OTHER_MOSAIC)
    held = max(data, text - _FREE_TEXT.get(language, _OTHER_TEXT) / 2)
    return min(marks / most_marks, held / max(most_data, own_data)), marks


def _falling(value: float, free: float, most: float) -> float:
    return min(max((most - value) / (most - free), 0.0), 1.0)
