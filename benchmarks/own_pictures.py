"""Stand-ins for the pictures that corpora have of their rows, made from our own renders."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def exact(render: Pixels, chance: np.random.Generator) -> Pixels:
    """The corpus drew with the very same libraries and fonts."""
    return render


def rescaled(render: Pixels, chance: np.random.Generator) -> Pixels:
    """Another resolution (0.6 to 0.95), other margins, JPEG: a corpus that keeps pictures small."""
    image = Image.fromarray(_margins(render, chance, 0.04))
    scale = chance.uniform(0.6, 0.95)
    size = (max(16, round(image.width * scale)), max(16, round(image.height * scale)))
    return _jpeg(image.resize(size, Image.Resampling.LANCZOS), 85)


def loose(render: Pixels, chance: np.random.Generator) -> Pixels:
    """Scale, aspect, brightness and compression at random, and up to 3 % cut off every side."""
    height, width = render.shape[:2]
    top, bottom, left, right = (
        int(chance.uniform(0, 0.03) * side) for side in (height, height, width, width)
    )
    image = Image.fromarray(render[top : height - bottom, left : width - right])
    scales = chance.uniform(0.5, 1.5) * chance.uniform(0.95, 1.05, 2)
    size = (max(16, round(image.width * scales[0])), max(16, round(image.height * scales[1])))
    pixels = np.asarray(image.resize(size, Image.Resampling.BICUBIC)).astype(np.float32)
    pixels = (pixels - 128) * chance.uniform(0.85, 1.1) + 128 + chance.uniform(-10, 10)
    return _jpeg(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), int(chance.integers(60, 95)))


def _margins(render: Pixels, chance: np.random.Generator, most: float) -> Pixels:
    """Add up to `most` of the side around, in the colour of the corner."""
    height, width = render.shape[:2]
    pads = [tuple(int(chance.uniform(0, most) * side) for _ in range(2)) for side in (height, width)]
    framed = np.empty((height + sum(pads[0]), width + sum(pads[1]), 3), np.uint8)
    framed[:] = render[0, 0]
    framed[pads[0][0] : pads[0][0] + height, pads[1][0] : pads[1][0] + width] = render
    return framed


def _jpeg(image: Image.Image, quality: int) -> Pixels:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


OWN_PICTURES: Mapping[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "exact": exact,
    "rescaled": rescaled,
    "loose": loose,
}
