"""Data blobs: embedded pictures, fonts and base64. No picture shows them and no model can write them."""

from __future__ import annotations

import base64
import binascii
import io
import re

from PIL import Image, UnidentifiedImageError

from vincicoder.clean.filter import Changed, FilterResult
from vincicoder.clean.placeholder import placeholder_address
from vincicoder.sample import Reason, Rejection

# A single pixel or a dot of a list fits in this many characters; a picture does not.
MAX_DATA_CHARACTERS = 400
_DATA = re.compile(
    r"data:(?P<type>(?:image|font|application|audio|video)/[\w.+-]+)?(?:;[\w=.-]+)*;base64,"
    r"(?P<data>(?:[A-Za-z0-9+/=%\s]|&#(?:10|13|xA|xD);)++)",
    re.IGNORECASE,
)
_FONT_RULE = re.compile(r"@font-face\s*\{[^{}]*?;base64,[^{}]*\}", re.IGNORECASE)
_PYTHON_DATA = re.compile(r"[A-Za-z0-9+/=]{600,}|(?:\\x[0-9a-fA-F]{2}){200,}")


def html_blob(code: str) -> FilterResult:
    """Put grey boxes of the same size in the place of embedded pictures; drop embedded fonts and sounds."""
    if ";base64," not in code:
        return None
    count = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal count
        data = match["data"]
        if len(data) <= MAX_DATA_CHARACTERS:
            return match[0]
        count += 1
        kind = (match["type"] or "").lower()
        return placeholder_address(*_size(data)) if kind.startswith("image/") else "data:,"

    text = _DATA.sub(replace, _FONT_RULE.sub(_drop_long, code))
    if text == code:
        return None
    return Changed(text, f"data_blobs: {count} embedded files made placeholders, embedded fonts dropped")


def graphics_blob(code: str) -> FilterResult:
    """Reject drawings that embed a picture: it is what they show. Embedded fonts are dropped."""
    if ";base64," not in code:
        return None
    text = _FONT_RULE.sub(_drop_long, code)
    for match in _DATA.finditer(text):
        if len(match["data"]) > MAX_DATA_CHARACTERS:
            line = text.count("\n", 0, match.start()) + 1
            kind = match["type"] or "data"
            return Rejection(
                Reason.CLEAN_DATA_BLOB,
                f"line {line}: {len(match['data'])} characters of {kind} in base64",
                len(match["data"]),
                MAX_DATA_CHARACTERS,
            )
    return None if text == code else Changed(text, "data_blobs: embedded fonts dropped")


def python_blob(code: str) -> FilterResult:
    """Reject programs that carry bytes as base64 or as hexadecimal escapes."""
    if len(code) < 600:
        return None
    for match in _PYTHON_DATA.finditer(code):
        text = match[0]
        if text.startswith("\\x") or _is_base64(text):
            line = code.count("\n", 0, match.start()) + 1
            return Rejection(Reason.CLEAN_DATA_BLOB, f"line {line}: {len(text)} characters of encoded bytes")
    return None


def _is_base64(text: str) -> bool:
    """Sequences of letters (of proteins, of digits) use few kinds of characters; base64 uses all."""
    return len(set(text)) >= 40


def _drop_long(match: re.Match[str]) -> str:
    return "" if len(match[0]) > MAX_DATA_CHARACTERS else match[0]


def _size(data: str) -> tuple[int, int]:
    """Return width and height of an embedded picture from its first bytes, or a usual size."""
    text = re.sub(r"[^A-Za-z0-9+/]", "", data[:65_536])
    try:
        with Image.open(io.BytesIO(base64.b64decode(text[: len(text) // 4 * 4]))) as image:
            return min(image.width, 4_096), min(image.height, 4_096)
    except (UnidentifiedImageError, OSError, ValueError, binascii.Error, Image.DecompressionBombError):
        return 300, 200
