"""Counts the marks of an SVG document that can make up a mosaic, and the images in it; from its text alone.

Boxes, dots, stops and straight runs along the axes are counted; curves and slanted lines are not: icons and
drawings are made of them, and no copy of pixels is.
"""

from __future__ import annotations

import base64
import binascii
import html
import itertools
import re
import urllib.parse

from vincicoder.render.notes import DECODED_IMAGE, decoded_bytes, marks

_FEW_CHARACTERS = 1_500  # in so short a document is no mosaic
_FEW_MARKS = 50
_SHAPES = re.compile(
    r"<(?:\w+:)?(?:rect|circle|ellipse|line|use|stop|feFlood|feOffset|feMergeNode|feTile|feDropShadow|"
    r"feFuncR|feFuncG|feFuncB|feConvolveMatrix|tspan|text|div|td|span|i|b|u|p)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\bpoints\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_PATHS = re.compile(
    r"(?:\bd\s*=\s*[\"']|\bd\s*:\s*path\(\s*[\"'])([^\"']*)[\"']|\bpath\(([^)]*)\)", re.IGNORECASE
)
_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DATA = re.compile(
    r"data:\s*(?P<kind>[\w.+/-]*)(?P<rest>[^,\"'()<>]{0,200}),(?P<payload>[^\"'()<>]*)", re.IGNORECASE
)
_BLOCKS = re.compile("[\u2580-\u25ff\u2800-\u28ff\u2b1b\u2b1c\U0001f7e0-\U0001f7eb]")
_DASHES = re.compile(r"dasharray\s*[=:]\s*[\"']?([^\"';]*)", re.IGNORECASE)
_TRANSITIONS = re.compile(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", re.IGNORECASE)
_MOST_LAYERS = 3
_SPACER = 100  # bytes


def svg_notes(code: str) -> tuple[str, ...]:
    """Return the notes on a document: `decoded_image` with its bytes, and `marks` where there are many."""
    decoded, count = count_marks(code)
    notes: tuple[str, ...] = (DECODED_IMAGE, decoded_bytes(decoded)) if decoded >= _SPACER else ()
    return (*notes, marks(count)) if count >= _FEW_MARKS else notes


def count_marks(code: str, layers: int = _MOST_LAYERS) -> tuple[int, int]:
    """Return the bytes of raster images in a document, and the number of its marks.

    Documents inside of data URIs are looked into, `layers` deep.
    """
    decoded, count = 0, 0
    plain = html.unescape(code) if "&" in code else code
    if "data:" in plain or "data :" in plain:
        for match in _DATA.finditer(plain):
            inner = _content(match)
            if "svg" not in match["kind"].lower() and b"<svg" not in inner[:2000]:
                decoded += (
                    len(inner) if not match["kind"].lower().startswith(("text/css", "text/java")) else 0
                )
            elif layers:
                inside = count_marks(inner.decode("utf-8", "replace"), layers - 1)
                decoded, count = decoded + inside[0], count + inside[1]
        plain = _DATA.sub("", plain)
    if len(plain) < _FEW_CHARACTERS:
        return decoded, count
    count += len(_SHAPES.findall(plain)) + len(_BLOCKS.findall(plain))
    count += sum(_straight_path(match[1] or match[2] or "") for match in _PATHS.finditer(plain))
    count += sum(_straight_points(match[1]) for match in _POINTS.finditer(plain))
    count += sum(len(_NUMBER.findall(match[1])) // 2 for match in _DASHES.finditer(plain))
    return decoded, count


def _content(match: re.Match[str]) -> bytes:
    """Return what a data address holds."""
    if "base64" not in match["rest"].lower():
        return urllib.parse.unquote_to_bytes(match["payload"])
    payload = urllib.parse.unquote_to_bytes(re.sub(r"\s+", "", match["payload"]))
    try:
        return base64.b64decode(payload + b"=" * (-len(payload) % 4))
    except (binascii.Error, ValueError):
        return payload


def _straight_path(data: str) -> int:
    """Return the runs of a path that is mostly made of segments along an axis: two of them make a run."""
    straight = other = subpaths = 0
    for letter, text in _COMMAND.findall(data):
        kind = letter.lower()
        numbers = [float(number) for number in _NUMBER.findall(text)]
        if kind in "hv":
            straight += max(1, len(numbers))
        elif kind == "a":
            other += len(numbers) // 7
        elif kind != "z":
            subpaths += kind == "m"
            step = {"c": 6, "s": 4, "q": 4}.get(kind, 2)
            along = _steps_along_axis(numbers, step, relative=letter.islower(), moves=kind == "m")
            straight += along.count(True)
            other += along.count(False)
    return max(straight // 2, subpaths if straight > 4 * other else 0) if straight > other else 0


def _steps_along_axis(numbers: list[float], step: int, relative: bool, moves: bool) -> list[bool]:
    """Return for each segment of a command whether it runs along an axis; `numbers` are its coordinates."""
    starts = range(2 if moves else 0, len(numbers) - step + 1, step)
    if relative:
        return [
            not any(numbers[at : at + step : 2]) or not any(numbers[at + 1 : at + step : 2]) for at in starts
        ]
    return [at >= 2 and _along_axis(numbers[at - 2 : at + step]) for at in starts]


def _along_axis(points: list[float]) -> bool:
    return len(set(points[::2])) == 1 or len(set(points[1::2])) == 1


def _straight_points(text: str) -> int:
    numbers = [float(number) for number in _NUMBER.findall(text)]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    straight = sum(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(pairs))
    return straight // 2 if straight > len(pairs) // 2 else 0
