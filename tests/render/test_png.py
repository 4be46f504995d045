"""The PNG files of pictures: what other programs read is what was written, and the same each time."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from vincicoder.render.png import png_file, read_png


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


def random_pixels(shape: tuple[int, int, int] = (31, 47, 3)) -> NDArray[np.uint8]:
    return np.random.default_rng(2).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("dpi", [None, 144.0])
@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (300, 7, 3)])
def test_its_own_files_are_read(shape: tuple[int, int, int], dpi: float | None) -> None:
    pixels = random_pixels(shape)
    found = read_png(png_file(pixels, dpi))
    assert found is not None and found.dtype == np.uint8
    assert np.array_equal(found, pixels)


def test_other_files_are_left_to_others() -> None:
    stream = io.BytesIO()
    Image.fromarray(random_pixels() // 16).save(stream, "PNG")  # with filters
    assert read_png(stream.getvalue()) is None
    assert read_png(png_file(random_pixels((9, 9, 4)))) is None
    assert read_png(b"") is None and read_png(b"no picture") is None


def test_damaged_files_are_left_to_others() -> None:
    data = png_file(random_pixels((4, 5, 3)))
    for place in range(len(data)):
        assert read_png(data[:place]) is None
        assert read_png(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]) is None
    assert read_png(data + b"x" * 12) is None


@pytest.mark.parametrize(("width", "height"), [(4, 4), (5, 3), (5, 5), (6, 4), (0, 84)])
def test_a_header_that_does_not_fit_the_pixels_is_left_to_others(width: int, height: int) -> None:
    data = png_file(random_pixels((4, 5, 3)))
    header = b"IHDR" + struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    assert read_png(data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]) is None
