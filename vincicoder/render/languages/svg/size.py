"""How large an SVG is drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from xml.parsers import expat

# Between these bounds a picture keeps its natural size: large enough to see, small enough to train on.
SMALLEST_KEPT, LARGEST_KEPT = 256.0, 1024.0
SCALED_SIDE = 512.0
SIZE_RULE = (
    f"natural {SMALLEST_KEPT:g}..{LARGEST_KEPT:g}, else longest side {SCALED_SIDE:g}; one side by ratio"
)

_EM = 16.0  # CSS pixels, where the root says nothing
# CSS pixels a unit: CSS Values 4, section 6.2, at 96 pixels an inch.
_ABSOLUTE = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
}
_OF_AN_EM = {"em": 1.0, "rem": 1.0, "ex": 0.5, "ch": 0.5}
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LENGTH = re.compile(rf"\s*({_NUMBER})\s*([a-zA-Z]*)\s*")
_DECLARATION = re.compile(r"(?:^|;)\s*(width|height|font-size)\s*:\s*([^;!]+)", re.IGNORECASE)
_CHUNK = 4096  # characters read at a time until the root element has begun


def drawn_scale(width: float, height: float) -> float:
    """Return the scale for a natural size in CSS pixels (96 dpi).

    A longest side from 256 to 1,024 px is kept; a smaller or larger one becomes 512 px.
    """
    longest = max(width, height)
    return 1.0 if SMALLEST_KEPT <= longest <= LARGEST_KEPT else SCALED_SIDE / longest


def pixel_size(width: float, height: float, scale: float) -> tuple[int, int]:
    """Return the picture's size in whole pixels, each side at least 1."""
    return max(round(width * scale), 1), max(round(height * scale), 1)


def natural_size(code: str) -> tuple[float, float]:
    """Return a document's size in CSS pixels, both sides above 0.

    Width and height count first, those of the root's `style` before its attributes. Where one of them is
    missing, no length or not above 0, it follows from the viewBox's ratio, and both do where both are.
    Without a viewBox the picture is a square.
    """
    root = root_attributes(code)
    style = {name.lower(): value for name, value in _DECLARATION.findall(root.get("style", ""))}
    em = _length(style.get("font-size", root.get("font-size", "")), _EM) or _EM
    width, height = (_length(style.get(name, root.get(name, "")), em) for name in ("width", "height"))
    if width and height:
        return width, height
    box = _view_box(root.get("viewBox", ""))
    if box is None:
        side = width or height or SCALED_SIDE
        return side, side
    if width:
        return width, width * box[1] / box[0]
    if height:
        return height * box[0] / box[1], height
    return box


def _length(text: str, em: float) -> float | None:
    """Return an absolute length above 0 in CSS pixels, or None for what is none (percentages, `auto`)."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None
    unit = match[2].lower()
    factor = _ABSOLUTE.get(unit) or _OF_AN_EM.get(unit, 0.0) * em
    return _usable(float(match[1]) * factor)


def _view_box(text: str) -> tuple[float, float] | None:
    numbers = re.findall(_NUMBER, text)
    if len(numbers) != 4:
        return None
    width, height = _usable(float(numbers[2])), _usable(float(numbers[3]))
    return (width, height) if width and height else None


def _usable(number: float) -> float | None:
    return number if number > 0 and math.isfinite(number) else None


def root_attributes(code: str) -> Mapping[str, str]:
    """Return the root element's attributes; none where the text is no XML up to there."""
    found: list[Mapping[str, str]] = []
    parser = expat.ParserCreate("utf-8")

    def start(_name: str, attributes: dict[str, str]) -> None:
        if not found:
            found.append(attributes)

    parser.StartElementHandler = start
    try:
        for offset in range(0, len(code), _CHUNK):
            parser.Parse(code[offset : offset + _CHUNK].encode("utf-8", "replace"), False)
            if found:
                return found[0]
    except expat.ExpatError:
        pass
    return found[0] if found else {}
