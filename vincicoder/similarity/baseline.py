"""The cosine that an encoder gives to unrelated pictures: the zero of a rescaled similarity.

Encoders put all drawings on white into one corner of their space, so unrelated ones have a cosine far above
0. How far depends on the encoder, hence it is measured with the encoder in use, on pictures drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vincicoder.similarity.structure import commonest_color, ink_mask
from vincicoder.similarity.tile_features import TileFeatures
from vincicoder.similarity.tiles import TILE_SIDE, Grid, cut_tiles, whole_tile

_SIDE = 2 * TILE_SIDE


def unrelated_cosines(features: TileFeatures) -> tuple[float, float]:
    """Return the mean cosine of unrelated whole pictures, and of unrelated tiles of them that hold ink."""
    side = features.encoder.side
    drawings = [_draw(paint) for paint in _PAINTS]
    wholes = np.concatenate(features.encode([whole_tile(drawing, side) for drawing in drawings]))
    tiles = [cut_tiles(drawing, Grid(2, 2), side) for drawing in drawings]
    encoded = features.encode(tiles)
    inked = [[_has_ink(tile) for tile in group] for group in tiles]
    pairs = list(combinations(range(len(drawings)), 2))
    fine = [
        float(encoded[a][place] @ encoded[b][place])
        for a, b in pairs
        for place in range(4)
        if inked[a][place] and inked[b][place]
    ]
    coarse = [float(wholes[a] @ wholes[b]) for a, b in pairs]
    return float(np.mean(coarse)), float(np.mean(fine))


def _has_ink(tile: np.ndarray) -> bool:
    return bool(ink_mask(tile, commonest_color(tile)).mean() > 0.001)


def _draw(paint: Callable[[ImageDraw.ImageDraw], None]) -> np.ndarray:
    image = Image.new("RGB", (_SIDE, _SIDE), "white")
    paint(ImageDraw.Draw(image))
    return np.array(image)


def _bars(draw: ImageDraw.ImageDraw) -> None:
    draw.line((90, 60, 90, 820, 850, 820), "black", 3)
    for number, height in enumerate((300, 520, 150, 640, 430, 250)):
        left = 130 + number * 118
        draw.rectangle((left, 820 - height, left + 80, 820), "#1f77b4", "black")
        draw.text((left + 10, 835), f"Q{number + 1}", "black", ImageFont.load_default(26))


def _curves(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((80, 60, 850, 820), None, "black", 2)
    for phase, color in enumerate(("#ff7f0e", "#2ca02c", "#d62728")):
        at = np.linspace(0, 1, 200)
        heights = 440 - 260 * np.sin(7 * at + 1.3 * phase) * (1 - 0.5 * at)
        draw.line(list(zip(80 + 770 * at, heights, strict=True)), color, 5)
    draw.text((330, 15), "Response over time", "black", ImageFont.load_default(30))


def _page(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((0, 0, _SIDE, 110), "#26324a")
    draw.text((40, 30), "Northwind Journal", "white", ImageFont.load_default(44))
    draw.rectangle((40, 150, 400, 420), "#c9d6df")
    for line in range(20):
        text = "the quick brown fox jumps over the lazy dog while the band plays on "[line % 9 :]
        draw.text((430 if line < 9 else 40, 150 + 34 * line), text[:34], "#333", ImageFont.load_default(24))


def _icon(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((110, 110, 786, 786), "#ffcc4d")
    draw.ellipse((300, 320, 380, 450), "#664500")
    draw.ellipse((520, 320, 600, 450), "#664500")
    draw.arc((280, 380, 620, 660), 20, 160, "#664500", 28)


def _molecule(draw: ImageDraw.ImageDraw) -> None:
    corners = [(448 + 200 * np.cos(a), 400 + 200 * np.sin(a)) for a in np.arange(6) * np.pi / 3]
    draw.polygon(corners, None, "black", 6)
    for (x, y), name in zip(corners[::2], ("OH", "NH2", "Cl"), strict=True):
        draw.line((x, y, 448 + 1.6 * (x - 448), 400 + 1.6 * (y - 400)), "black", 6)
        at = (448 + 1.8 * (x - 448), 400 + 1.75 * (y - 400))
        draw.text(at, name, "#c00", ImageFont.load_default(44), anchor="mm")


def _graph(draw: ImageDraw.ImageDraw) -> None:
    places = [(448, 100), (240, 330), (660, 330), (130, 620), (380, 620), (700, 620)]
    for start, end in ((0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (4, 5)):
        draw.line((*places[start], *places[end]), "black", 3)
    for number, (x, y) in enumerate(places):
        draw.ellipse((x - 80, y - 45, x + 80, y + 45), "white", "black", 3)
        draw.text((x, y), f"node {number}", "black", ImageFont.load_default(28), anchor="mm")


def _table(draw: ImageDraw.ImageDraw) -> None:
    for row in range(9):
        draw.line((80, 120 + 80 * row, 816, 120 + 80 * row), "black", 3 if row in (0, 1, 8) else 1)
        for column in range(4) if row < 8 else ():
            text = (
                ("model", "low", "high", "rating")[column] if row == 0 else f"{row * 7.3 + column * 11.9:.1f}"
            )
            draw.text((110 + 184 * column, 142 + 80 * row), text, "black", ImageFont.load_default(32))


def _scatter(draw: ImageDraw.ImageDraw) -> None:
    chance = np.random.default_rng(0)
    for x, y in chance.normal((450, 450), (150, 130), (140, 2)):
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), "#9467bd")
    draw.line((80, 60, 80, 820, 850, 820), "black", 3)


_PAINTS = (_bars, _curves, _page, _icon, _molecule, _graph, _table, _scatter)
