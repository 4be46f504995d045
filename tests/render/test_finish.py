"""The measures of a picture are those that the world's own tools give."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.fftpack import dct

from vincicoder.render.cosine import cosine_transform
from vincicoder.render.finish import perceptual_hash


def _grey(kind: str, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Return 32x32 values; symmetric ones have coefficients that only rounding tells from zero."""
    noise = generator.integers(0, 256, (32, 32), np.uint8)
    if kind == "mirrored":
        return np.hstack([noise[:, :16], noise[:, 15::-1]])
    if kind == "upside down":
        return np.vstack([noise[:16], noise[15::-1]])
    if kind == "stripes":
        return np.repeat(noise[:1], 32, axis=0)
    if kind == "white":
        noise[:] = 255
        noise[generator.integers(32) :, generator.integers(32) :] = generator.integers(256)
    return noise


@pytest.mark.parametrize("kind", ["noise", "mirrored", "upside down", "stripes", "white"])
def test_the_cosine_transform_is_scipys_bit_for_bit(kind: str) -> None:
    generator = np.random.default_rng(1)
    for _ in range(200):
        values = _grey(kind, generator)
        assert cosine_transform(values).tobytes() == dct(dct(values, axis=0), axis=1).tobytes()


@pytest.mark.parametrize("size", [(32, 32), (640, 480), (101, 300)])
def test_the_perceptual_hash_is_imagehashs(size: tuple[int, int]) -> None:
    generator = np.random.default_rng(2)
    for number in range(20):
        image = Image.new("RGB", size, "white")
        canvas = ImageDraw.Draw(image)
        for _ in range(number):
            x, y = (int(generator.integers(side)) for side in size)
            canvas.rectangle((x, y, x + 40, y + 20), fill=tuple(map(int, generator.integers(0, 256, 3))))
        assert perceptual_hash(image) == int(str(imagehash.phash(image)), 16)
