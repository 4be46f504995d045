"""The PNG that a sample's own `savefig` writes: other programs can read it, pixels and resolution."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vincicoder.render.languages.python.capture.png import write_png


@pytest.mark.parametrize("shape", [(1, 1, 4), (7, 300, 4), (300, 7, 4)])
def test_pixels_and_resolution_are_read_back(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    buffer = io.BytesIO()
    write_png(buffer, pixels, dpi=100.0)
    with Image.open(buffer) as image:
        assert image.mode == "RGBA"
        assert image.info["dpi"] == pytest.approx((100.0, 100.0), abs=0.02)
        assert np.array_equal(np.asarray(image), pixels)


def test_a_flat_picture_becomes_a_small_file_at_a_path(tmp_path: Path) -> None:
    path = tmp_path / "flat.png"
    write_png(str(path), np.full((400, 400, 4), 255, np.uint8), dpi=72)
    assert path.stat().st_size < 10_000
    with Image.open(path) as image:
        assert image.size == (400, 400)


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_png(tmp_path / "none" / "a.png", np.zeros((2, 2, 4), np.uint8), dpi=72)
