"""Structure and colour, against scikit-image and against values known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from vincicoder.similarity import structure
from vincicoder.similarity.structure import color_distance, commonest_color, luma, ssim, ssim_map


def noise(seed: int, height: int = 40, width: int = 60) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def plain(*color: int) -> NDArray[np.uint8]:
    return np.full((32, 48, 3), color, np.uint8)


def test_ssim_of_equal_pictures_is_one() -> None:
    assert ssim(noise(1), noise(1)) == pytest.approx(1.0, abs=1e-6)


def test_ssim_is_that_of_scikit_image_on_luma() -> None:
    first = noise(1)
    second = np.clip(first.astype(int) + noise(2) // 4, 0, 255).astype(np.uint8)
    expected = structural_similarity(
        luma(first),
        luma(second),
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert ssim(first, second) == pytest.approx(float(expected), abs=1e-6)
    assert ssim_map(first, second).shape == (30, 50)


def test_ssim_of_plain_pictures_is_the_formula_of_their_means() -> None:
    # Without variance only the luminance term is left: (2ab + c) / (a² + b² + c), c = (0.01 * 255)².
    constant = (0.01 * 255) ** 2
    expected = (2 * 100 * 200 + constant) / (100**2 + 200**2 + constant)
    assert ssim(plain(100, 100, 100), plain(200, 200, 200)) == pytest.approx(expected, abs=1e-5)


def test_ssim_of_a_negative_is_below_zero() -> None:
    assert ssim(noise(3), 255 - noise(3)) < -0.9


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (noise(1), noise(1, 41), "must be the same"),
        (noise(1, 10), noise(1, 10), "at least 11"),
        (noise(1).astype(float), noise(1), "uint8 of shape"),
        (noise(1)[..., 0], noise(1)[..., 0], "uint8 of shape"),
        (noise(1)[:0], noise(1)[:0], "at least one pixel"),
    ],
)
def test_what_is_no_pair_of_pictures_is_named(
    first: NDArray[np.uint8], second: NDArray[np.uint8], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ssim(first, second)


def dot(background: tuple[int, int, int], ink: tuple[int, int, int], left: int = 4) -> NDArray[np.uint8]:
    pixels = plain(*background)
    pixels[8:16, left : left + 8] = ink
    return pixels


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


def test_commonest_color_is_the_background() -> None:
    assert commonest_color(dot((255, 255, 255), (0, 0, 0))).tolist() == [255, 255, 255]
    assert commonest_color(dot((10, 20, 30), (0, 0, 0))).tolist() == [10, 22, 30]


@pytest.mark.parametrize("count", [1, 2, 64, 65, 4_096])
def test_quantiles_are_those_of_numpy_to_the_bit(count: int) -> None:
    values = np.random.default_rng(count).normal(size=(3, count)).astype(np.float32)
    expected = np.quantile(values, structure._QUANTILES, axis=1).T
    assert np.array_equal(structure._quantiles_of(np.sort(values, axis=1)), expected)
