"""One picture that shows a score: reference, candidate, the likeness of every tile, and where they differ."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from vincicoder.reward.breakdown import KEYS
from vincicoder.reward.scorer import Inspected
from vincicoder.similarity.tiles import Grid

_PANEL_WIDTH, _MOST_HEIGHT, _MARGIN = 520, 900, 12
_TITLE, _FOOT = 34, 72
_PAPER, _INK, _QUIET = (250, 250, 248), (25, 25, 25), (110, 110, 110)
_LINE = (120, 120, 120)
# Dark red to white: one order of brightness, so that the colour-blind can read it.
_SCALE = np.array([(165, 0, 38), (253, 174, 97), (255, 255, 255)], np.float64)
_SHOWN_FROM = 0.5  # below it all is dark red: what matters is between "half" and "same"
_CELL = 10  # pixels a side of what `_differing` colours
_MOST_DIFFERENCE = 60.0  # of 255: a cell that differs by more is dark red
_SOFTENED = 2.0  # pixels: what only moved by one is alike


def draw_heat_map(inspected: Inspected) -> bytes:
    """Return a PNG of two rows: reference with its grid and candidate as drawn; then the candidate under the
    likeness of the reward's tiles, and under the colour difference of small cells, which no score counts.
    """
    height, width = inspected.reference.shape[:2]
    scale = min(_PANEL_WIDTH / width, _MOST_HEIGHT / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    wide, high = _PANEL_WIDTH + _MARGIN, size[1] + _TITLE + _MARGIN
    sheet = Image.new("RGB", (2 * wide + _MARGIN, 2 * high + _FOOT), _PAPER)
    draw = ImageDraw.Draw(sheet)
    candidate = inspected.candidate
    panels = [
        (f"reference {width}x{height}", _gridded(inspected.reference, size, inspected.grid)),
        (
            "no picture" if candidate is None else f"candidate {candidate.shape[1]}x{candidate.shape[0]}",
            Image.new("RGB", size, "white") if candidate is None else _contained(candidate, size),
        ),
        ("likeness by tile, as scored", _heated(inspected, size)),
        ("where they differ, by colour", _differing(inspected, size)),
    ]
    for number, (title, panel) in enumerate(panels):
        left, top = _MARGIN + number % 2 * wide, number // 2 * high
        draw.text((left, top + 8), title, _INK, ImageFont.load_default(17))
        sheet.paste(panel, (left, top + _TITLE))
        box = (left - 1, top + _TITLE - 1, left + size[0], top + _TITLE + size[1])
        draw.rectangle(box, None, _LINE)
    _write_foot(draw, inspected, 2 * high)
    stream = io.BytesIO()
    sheet.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _gridded(pixels: NDArray[np.uint8], size: tuple[int, int], grid: Grid) -> Image.Image:
    image = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    for column in range(1, grid.columns):
        draw.line((column * size[0] // grid.columns, 0, column * size[0] // grid.columns, size[1]), _LINE)
    for row in range(1, grid.rows):
        draw.line((0, row * size[1] // grid.rows, size[0], row * size[1] // grid.rows), _LINE)
    return image


def _contained(pixels: NDArray[np.uint8], size: tuple[int, int]) -> Image.Image:
    """Return the candidate in its own aspect ratio, centred on grey."""
    image = Image.fromarray(pixels)
    scale = min(size[0] / image.width, size[1] / image.height)
    image = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
    )
    panel = Image.new("RGB", size, (225, 225, 225))
    panel.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return panel


def _heated(inspected: Inspected, size: tuple[int, int]) -> Image.Image:
    """Return the candidate stretched as it was compared, each tile under its colour and number."""
    if inspected.candidate is None or not inspected.tiles:
        return Image.new("RGB", size, "white")
    image = Image.fromarray(inspected.candidate).resize(size, Image.Resampling.LANCZOS)
    grid = inspected.grid
    overlay = Image.new("RGB", (grid.columns, grid.rows))
    for place in range(grid.count):
        overlay.putpixel((place % grid.columns, place // grid.columns), _color(inspected.tiles[place]))
    image = Image.blend(image, overlay.resize(size, Image.Resampling.NEAREST), 0.45)
    draw = ImageDraw.Draw(image)
    for place in range(grid.count):
        x = (place % grid.columns + 0.5) * size[0] / grid.columns
        y = (place // grid.columns + 0.5) * size[1] / grid.rows
        text, font = f"{inspected.tiles[place]:.2f}", ImageFont.load_default(22)
        box = draw.textbbox((x, y), text, font, anchor="mm")
        draw.rectangle((box[0] - 5, box[1] - 4, box[2] + 5, box[3] + 4), "white", _LINE)
        draw.text((x, y), text, _INK, font, anchor="mm")
    return image


def _differing(inspected: Inspected, size: tuple[int, int]) -> Image.Image:
    """Return the candidate, pale and stretched as it was compared, under a red that says where it differs."""
    if inspected.candidate is None:
        return Image.new("RGB", size, "white")
    first, second = (
        Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)
        for pixels in (inspected.reference, inspected.candidate)
    )
    softened = [
        np.asarray(one.filter(ImageFilter.GaussianBlur(_SOFTENED)), np.float32) for one in (first, second)
    ]
    differences = np.abs(softened[0] - softened[1]).max(axis=2)
    cells = (max(1, size[0] // _CELL), max(1, size[1] // _CELL))
    level = Image.fromarray(differences).resize(cells, Image.Resampling.BOX)
    share = np.clip(np.asarray(level) / _MOST_DIFFERENCE, 0, 1)
    colors = np.array([_color(1 - (1 - _SHOWN_FROM) * value) for value in share.flat], np.uint8)
    heat = Image.fromarray(colors.reshape(cells[1], cells[0], 3)).resize(size, Image.Resampling.NEAREST)
    pale = Image.blend(second.convert("L").convert("RGB"), Image.new("RGB", size, "white"), 0.55)
    return ImageChops.multiply(pale, heat)


def _color(likeness: float) -> tuple[int, int, int]:
    at = 2 * min(max((likeness - _SHOWN_FROM) / (1 - _SHOWN_FROM), 0.0), 1.0)
    lower = min(int(at), 1)
    mixed = _SCALE[lower] + (at - lower) * (_SCALE[lower + 1] - _SCALE[lower])
    red, green, blue = (round(float(value)) for value in mixed)
    return red, green, blue


def _write_foot(draw: ImageDraw.ImageDraw, inspected: Inspected, top: int) -> None:
    breakdown = inspected.breakdown
    draw.text((_MARGIN, top), f"score {breakdown.score:.4f}", _INK, ImageFont.load_default(20))
    half = len(KEYS) // 2 + 1
    for number, keys in enumerate((KEYS[1:half], KEYS[half:])):
        terms = "   ".join(f"{name} {breakdown[name]:.3f}" for name in keys)
        draw.text((_MARGIN, top + 28 + 18 * number), terms, _QUIET, ImageFont.load_default(14))
    if breakdown.reason:
        said = f"{breakdown.reason}: {breakdown.detail}".replace("\n", " ")
        draw.text((_MARGIN + 160, top + 3), said[:100], (160, 30, 30), ImageFont.load_default(15))
