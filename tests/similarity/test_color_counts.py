"""Counted colours, against NumPy's own count of every pixel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vincicoder.similarity.color_counts import count_colors, count_steps, merge_steps


def picture(levels: int, run: int, height: int = 60, width: int = 400) -> NDArray[np.uint8]:
    """Pixels of so many levels a channel, in runs of so many."""
    few = np.random.default_rng(levels).integers(0, levels, (height, -(-width // run), 3)) * (255 // levels)
    return np.repeat(few, run, axis=1)[:, :width].astype(np.uint8)


PICTURES = [
    picture(2, 8),
    picture(3, 1),
    picture(200, 2, 300),  # more runs than are sorted
    picture(255, 1),
    picture(2, 5, 1, 1),
    picture(7, 3)[::2, 1::3],
    np.full((40, 50, 3), 255, np.uint8),
]


@pytest.mark.parametrize("pixels", PICTURES)
def test_colors_are_counted_as_pixel_by_pixel(pixels: NDArray[np.uint8]) -> None:
    colors, counts = count_colors(pixels)
    expected, numbers = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    found, places = np.unique(colors, axis=0, return_inverse=True)
    assert np.array_equal(found, expected)
    assert np.array_equal(np.bincount(places.ravel(), counts), numbers)
    assert len(colors) in (len(expected), pixels.shape[0] * pixels.shape[1])


@pytest.mark.parametrize("pixels", PICTURES)
def test_steps_are_counted_in_order(pixels: NDArray[np.uint8]) -> None:
    expected, numbers = np.unique(pixels.reshape(-1, 3) & 252, axis=0, return_counts=True)
    for steps, counts in (count_steps(pixels), merge_steps(*count_colors(pixels))):
        assert np.array_equal(steps, expected) and steps.dtype == np.uint8
        assert np.array_equal(counts, numbers)
