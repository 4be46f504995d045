"""Comparison of pictures of any sizes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vincicoder.similarity.compare import (
    PictureSimilarity,
    compare_pictures,
    phash_distance,
    resize_picture,
    worst_tile,
)


def chart(
    width: int = 400, height: int = 300, *, legend: bool = True, fill: str = "teal"
) -> NDArray[np.uint8]:
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 10, height // 10, width * 9 // 10, height * 9 // 10), outline="black", width=2)
    for bar in range(5):
        left = width * (2 + 2 * bar) // 13
        draw.rectangle((left, height * (6 - bar) // 10, left + width // 13, height * 9 // 10), fill=fill)
    if legend:
        draw.rectangle((width * 3 // 4, height // 8, width * 7 // 8, height // 5), fill="black")
    return np.asarray(image)


def test_a_picture_is_like_itself() -> None:
    same = compare_pictures(chart(), chart())
    assert same == PictureSimilarity(pytest.approx(1), pytest.approx(1), 0.0, 1.0, 1.0)  # type: ignore[arg-type]


def test_a_lost_element_moves_the_worst_tile_most() -> None:
    lost = compare_pictures(chart(), chart(legend=False))
    assert 0.9 < lost.ssim < 0.99
    assert lost.worst_ssim < 0.4


def test_other_colours_are_seen_by_colour_alone() -> None:
    # Two fills of one brightness.
    other = compare_pictures(chart(fill="#008080"), chart(fill="#8b4f6b"))
    assert other.ssim > 0.99 and phash_distance(chart(fill="#008080"), chart(fill="#8b4f6b")) <= 2
    assert other.color_distance > 10


def test_another_resolution_is_nearly_the_same_and_told_apart() -> None:
    half = compare_pictures(chart(800, 600), chart(400, 300))
    assert (half.aspect_ratio, half.scale) == (1.0, 0.5)
    assert half.ssim > 0.95 and phash_distance(chart(800, 600), chart(400, 300)) <= 4


def test_a_stretched_picture_is_told_by_its_aspect() -> None:
    stretched = resize_picture(chart(), 600, 300)
    wide = compare_pictures(chart(), stretched)
    assert wide.aspect_ratio == 1.5 and wide.scale == pytest.approx(1.5**0.5)
    assert wide.ssim > 0.9


def test_tiny_and_long_pictures_are_compared_too() -> None:
    tiny = chart()[:1, :300]
    assert compare_pictures(tiny, tiny).ssim == pytest.approx(1)
    assert compare_pictures(chart(3, 5), chart(400, 300)).scale > 10


def test_no_picture_is_an_error() -> None:
    with pytest.raises(ValueError, match="uint8 of shape"):
        compare_pictures(chart(), chart()[..., :2])


def test_phash_distance_counts_bits() -> None:
    assert phash_distance(chart(), chart()) == 0
    assert 8 <= phash_distance(chart(), 255 - chart()) <= 64


def test_worst_tile_of_an_uneven_map() -> None:
    local = np.ones((17, 30), np.float32)
    local[-1, -1] = -1
    rows, columns = 17 - 7 * 17 // 8, 30 - 7 * 30 // 8
    assert worst_tile(local) == pytest.approx(1 - 2 / (rows * columns))
    assert worst_tile(np.full((2, 3), 0.5, np.float32)) == 0.5
