"""Structure, against scikit-image and against values known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from vincicoder.similarity.structure import commonest_color, luma, ssim, ssim_map


def noise(seed: int, height: int = 40, width: int = 60) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def plain(*color: int) -> NDArray[np.uint8]:
    return np.full((32, 48, 3), color, np.uint8)


def test_ssim_of_equal_pictures_is_one() -> None:
    assert ssim(noise(1), noise(1)) == 1.0


def changed(rows: slice, columns: slice) -> NDArray[np.uint8]:
    pixels = noise(1)
    pixels[rows, columns] = 255 - pixels[rows, columns] // 2
    return pixels


@pytest.mark.parametrize(
    "second",
    [
        noise(2),
        noise(1),
        changed(slice(0, 1), slice(0, 1)),
        changed(slice(39, 40), slice(3, 5)),
        changed(slice(20, 21), slice(59, 60)),
        changed(slice(12, 25), slice(18, 30)),
        changed(slice(0, 40), slice(30, 31)),
    ],
)
def test_ssim_is_that_of_scikit_image_on_luma_to_the_bit(second: NDArray[np.uint8]) -> None:
    _, expected = structural_similarity(
        luma(noise(1)),
        luma(second),
        data_range=255.0,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    found = ssim_map(noise(1), second)
    assert found.shape == (30, 50) and found.dtype == np.float32
    assert np.array_equal(found, expected[5:-5, 5:-5])
    assert ssim(noise(1), second) == expected[5:-5, 5:-5].mean()


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


def test_commonest_color_is_the_background() -> None:
    assert commonest_color(dot((255, 255, 255), (0, 0, 0))).tolist() == [255, 255, 255]
    assert commonest_color(dot((10, 20, 30), (0, 0, 0))).tolist() == [10, 22, 30]
