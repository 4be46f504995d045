"""The measures of a picture are those that the world's own tools give."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.fftpack import dct

from vincicoder.render.phash import hash_coefficients, perceptual_hash


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


def _transforms(values: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Return the 8x8 lowest coefficients in several ways, which differ by the noise of their arithmetic."""
    grey = values.astype(np.float64)
    sample, k = np.arange(32), np.arange(8)[:, None]
    cosines = np.cos(np.pi * k * (2 * sample + 1) / 64)
    exact = np.cos(np.pi * k.astype(np.longdouble) * (2 * sample + 1) / 64)
    return [
        cosines @ grey @ cosines.T,
        cosines @ (grey @ cosines.T),
        (dct(dct(grey, axis=0), axis=1) / 4)[:8, :8],
        (dct(dct(grey, axis=1), axis=0) / 4)[:8, :8],
        np.einsum("ai,ij,bj->ab", cosines, grey, cosines),
        (exact @ grey.astype(np.longdouble) @ exact.T).astype(np.float64),
    ]


@pytest.mark.parametrize("kind", ["noise", "mirrored", "upside down", "stripes", "white"])
def test_noise_of_the_transform_decides_no_bit(kind: str) -> None:
    generator = np.random.default_rng(1)
    decided_by_noise = 0
    for _ in range(200):
        values = _grey(kind, generator)
        transforms = _transforms(values)
        assert len({hash_coefficients(low) for low in transforms}) == 1
        assert perceptual_hash(Image.fromarray(values)) == hash_coefficients(transforms[0])
        decided_by_noise += len({(low > np.median(low)).tobytes() for low in transforms}) > 1
    # Without rounding, symmetric pictures have as many hashes as there are ways to compute them.
    assert (decided_by_noise > 100) == (kind in ("mirrored", "upside down", "stripes"))


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
