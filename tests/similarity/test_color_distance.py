"""Distances of colours, against NumPy's quantiles of all pixels and against values known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2lab

from vincicoder.similarity import color_distance as module
from vincicoder.similarity.color_distance import color_distance
from vincicoder.similarity.structure import commonest_color


def plain(*color: int) -> NDArray[np.uint8]:
    return np.full((32, 48, 3), color, np.uint8)


def dot(background: tuple[int, int, int], ink: tuple[int, int, int], left: int = 4) -> NDArray[np.uint8]:
    pixels = plain(*background)
    pixels[8:16, left : left + 8] = ink
    return pixels


def noise(seed: int, levels: int, shape: tuple[int, int] = (40, 60)) -> NDArray[np.uint8]:
    """Pixels of so many levels a channel, in runs of four."""
    height, width = shape
    few = np.random.default_rng(seed).integers(0, levels, (height, -(-width // 4), 3)) * (255 // (levels - 1))
    return np.repeat(few, 4, axis=1)[:, :width].astype(np.uint8)


def test_color_distance_ignores_where_the_colours_are() -> None:
    white, blue = (255, 255, 255), (0, 0, 200)
    assert color_distance(dot(white, blue), dot(white, blue, left=30)) == 0


def test_color_distance_of_black_to_white_ink_is_a_hundred() -> None:
    grey = (128, 128, 128)
    assert color_distance(dot(grey, (0, 0, 0)), dot(grey, (255, 255, 255))) == pytest.approx(100, abs=0.01)
    assert color_distance(plain(0, 0, 0), plain(255, 255, 255)) == pytest.approx(100, abs=1)


def test_color_distance_sees_another_hue_and_a_lost_drawing() -> None:
    white = (255, 255, 255)
    assert color_distance(dot(white, (31, 119, 180)), dot(white, (255, 127, 14))) > 50
    assert color_distance(dot(white, (0, 0, 0)), plain(*white)) == pytest.approx(100, abs=0.01)


def by_pixels(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> float:
    """The definition: every visible pixel is converted, and the quantiles are NumPy's."""
    background = commonest_color(reference)
    quantiles = []
    for pixels in (reference, candidate):
        visible = pixels[(np.abs(pixels.astype(np.int16) - background) > 12).any(axis=2)]
        visible = visible if len(visible) else background.astype(np.uint8)[None]
        lab = rgb2lab(visible[None].astype(np.float32) / 255)[0]
        quantiles.append(np.quantile(lab, np.linspace(0, 1, 65), axis=0))
    return float(np.sqrt(np.square(np.abs(quantiles[0] - quantiles[1]).mean(axis=0)).sum()))


@pytest.mark.parametrize(
    ("reference", "candidate"),
    [
        (dot((255, 255, 255), (0, 90, 200)), dot((255, 255, 255), (200, 90, 0))),
        (dot((255, 255, 255), (0, 90, 200)), plain(255, 255, 255)),
        (noise(1, 2), noise(2, 2)),
        (noise(3, 5), noise(4, 3, (31, 17))),
        (noise(5, 256), noise(6, 256)),
        (np.repeat(noise(7, 256), 3, axis=1)[:, ::5], noise(8, 4)),
        (noise(9, 2, (1, 2)), noise(10, 2, (1, 1))),
    ],
)
def test_color_distance_is_that_of_all_pixels_to_the_bit(
    reference: NDArray[np.uint8], candidate: NDArray[np.uint8]
) -> None:
    assert color_distance(reference, candidate) == by_pixels(reference, candidate)
    assert color_distance(candidate, reference) == by_pixels(candidate, reference)


@pytest.mark.parametrize("count", [1, 2, 64, 65, 4_096])
def test_quantiles_are_those_of_numpy_to_the_bit(count: int) -> None:
    random = np.random.default_rng(count)
    values = random.normal(size=(3, count)).astype(np.float32)
    for counts in (np.ones(count, np.int64), random.integers(1, 9, count)):
        expected = np.quantile(np.repeat(values, counts, axis=1), module._QUANTILES, axis=1).T
        assert np.array_equal(module._quantiles_of(values, counts).T, expected.T)
