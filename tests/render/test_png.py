"""The PNG files of pictures: what other programs read is what was written, and the same each time."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from vincicoder.render.png import png_file


@pytest.mark.parametrize(("shape", "mode"), [((1, 1, 3), "RGB"), ((7, 300, 3), "RGB"), ((300, 7, 4), "RGBA")])
def test_pixels_are_read_back(shape: tuple[int, int, int], mode: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    data = png_file(pixels)
    assert data == png_file(pixels.copy())
    with Image.open(io.BytesIO(data)) as image:
        image.verify()  # the sums of its chunks
    with Image.open(io.BytesIO(data)) as image:
        assert (image.mode, image.info) == (mode, {})
        assert np.array_equal(np.asarray(image), pixels)


def test_part_of_a_larger_picture_is_written_as_it_is_seen() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 4), dtype=np.uint8)[3:30:2, 5:40, :3]
    with Image.open(io.BytesIO(png_file(pixels))) as image:
        assert np.array_equal(np.asarray(image), pixels)
