"""A contact sheet: pictures in a grid, each with a two-line label."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Member = TypeVar("_Member")

_CELL_WIDTH, _PICTURE_HEIGHT, _LABEL_HEIGHT, _MARGIN = 280, 210, 40, 8
_PAPER, _FRAME, _TITLE, _SUBTITLE = (246, 246, 244), (210, 210, 205), (30, 30, 30), (110, 110, 110)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One picture (encoded, any format Pillow reads) and its label."""

    image: bytes
    title: str
    subtitle: str


def contact_sheet(entries: Sequence[SheetEntry], columns: int = 5) -> bytes:
    """Return a PNG of the entries in reading order. Pictures are shrunk to fit, never enlarged
    beyond twice their size, and keep their aspect ratio."""
    rows = -(-len(entries) // columns)
    cell_height = _PICTURE_HEIGHT + _LABEL_HEIGHT
    size = (columns * (_CELL_WIDTH + _MARGIN) + _MARGIN, rows * (cell_height + _MARGIN) + _MARGIN)
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    title_font, subtitle_font = ImageFont.load_default(14), ImageFont.load_default(12)
    for number, entry in enumerate(entries):
        left = _MARGIN + number % columns * (_CELL_WIDTH + _MARGIN)
        top = _MARGIN + number // columns * (cell_height + _MARGIN)
        draw.rectangle((left, top, left + _CELL_WIDTH, top + cell_height), fill="white", outline=_FRAME)
        picture = _fitted(entry.image)
        sheet.paste(
            picture,
            (left + (_CELL_WIDTH - picture.width) // 2, top + (_PICTURE_HEIGHT - picture.height) // 2 + 2),
        )
        text_top = top + _PICTURE_HEIGHT + 4
        draw.text((left + 8, text_top), _clipped(entry.title, 34), _TITLE, title_font)
        draw.text((left + 8, text_top + 18), _clipped(entry.subtitle, 42), _SUBTITLE, subtitle_font)
    stream = io.BytesIO()
    sheet.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def message_picture(message: str) -> bytes:
    """Return a PNG that says in words why there is no picture."""
    image = Image.new("RGB", (268, 200), (250, 238, 236))
    text = "\n".join(textwrap.wrap(message, 38)[:9])
    ImageDraw.Draw(image).text((8, 8), text, (120, 20, 20), ImageFont.load_default(13))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def interleaved(groups: Iterable[Iterable[_Member]]) -> list[_Member]:
    """Return the groups' first members, then their second ones, and so on: any start is spread over all."""
    return [member for round_ in zip_longest(*groups) for member in round_ if member is not None]


def _fitted(encoded: bytes) -> Image.Image:
    with Image.open(io.BytesIO(encoded)) as opened:
        image = opened.convert("RGB")
    if image.height > 3 * image.width:  # a long page: its top tells more than a sliver of the whole
        image = image.crop((0, 0, image.width, image.width))
    scale = min((_CELL_WIDTH - 12) / image.width, (_PICTURE_HEIGHT - 8) / image.height, 2.0)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _clipped(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"
