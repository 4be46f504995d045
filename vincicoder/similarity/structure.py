"""Structural similarity of two pictures of one size, and what of a picture is background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from vincicoder.similarity.color_counts import count_steps

# Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE TIP 2004:
# a Gaussian window of sigma 1.5 cut to 11x11 pixels.
_SIGMA = 1.5
MIN_SIDE = 11  # pixels: the window's side
_EDGE = MIN_SIDE // 2
_LUMINANCE, _CONTRAST = (0.01 * 255.0) ** 2, (0.03 * 255.0) ** 2
# ITU-R BT.601, as Pillow's mode L.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
# The channel difference at which a pixel is visibly not background.
INK_LEVELS = 12


def ssim(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> float:
    """Return the mean structural similarity of the luma of two pictures, -1 to 1; 1 means equal.

    Both are uint8 of one shape (height, width, 3), no side under 11 pixels. Raises ValueError otherwise.
    """
    return float(ssim_map(reference, candidate).mean())


def ssim_map(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the structural similarity around every pixel that has a whole window about it.

    Takes what `ssim` takes; the map is float32 of shape (height - 10, width - 10).
    """
    check_pictures(reference, candidate)
    if min(reference.shape[:2]) < MIN_SIDE:
        raise ValueError(
            f"received pictures of {reference.shape[1]}x{reference.shape[0]} pixels; "
            f"structural similarity needs at least {MIN_SIDE} on each side, so enlarge them first"
        )
    return _local(reference, candidate)[_EDGE:-_EDGE, _EDGE:-_EDGE]


def _local(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the similarity around every pixel, as scikit-image's `structural_similarity` does, to the bit.

    It is exactly 1 where both windows are alike, so only the box around all differences is computed.
    """
    height, width = reference.shape[:2]
    values = np.ones((height, width), np.float32)
    box = _differences(reference, candidate)
    if box is not None:
        seen, reached = (
            (_widened(box[0], edge, height), _widened(box[1], edge, width)) for edge in (2 * _EDGE, _EDGE)
        )
        # The luma is of whole pictures: of a part it would be rounded otherwise.
        found = _formula(luma(reference)[seen], luma(candidate)[seen])
        rows, columns = (
            slice(part.start - whole.start, part.stop - whole.start)
            for part, whole in zip(reached, seen, strict=True)
        )
        values[reached] = found[rows, columns]
    return values


def _differences(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> tuple[slice, slice] | None:
    """Return the rows and columns of the box around all pixels that differ, or None where none does."""
    height = first.shape[0]
    differs = (first != second).reshape(height, -1)
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(differs[top:bottom].any(axis=0)) // 3
    return slice(top, bottom), slice(int(columns[0]), int(columns[-1]) + 1)


def _widened(side: slice, by: int, size: int) -> slice:
    return slice(max(0, side.start - by), min(size, side.stop + by))


def _formula(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the similarity of two pictures of luma around every pixel."""
    mean, other = _weighted(first), _weighted(second)
    variance = _weighted(first * first) - mean * mean
    other_variance = _weighted(second * second) - other * other
    covariance = _weighted(first * second) - mean * other
    above = (2 * mean * other + _LUMINANCE) * (2 * covariance + _CONTRAST)
    below = (mean * mean + other * other + _LUMINANCE) * (variance + other_variance + _CONTRAST)
    values: NDArray[np.float32] = np.divide(above, below, dtype=np.float32)
    return values


def _weighted(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean in the window around every pixel; the picture is mirrored at its borders."""
    means: NDArray[np.float32]
    means = gaussian_filter(values, _SIGMA, mode="reflect", radius=_EDGE)
    return means


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the brightness of RGB pixels, 0 to 255, unrounded."""
    return pixels.astype(np.float32) @ _LUMA


def ink_mask(
    pixels: NDArray[np.uint8], background: NDArray[np.int16], levels: int = INK_LEVELS
) -> NDArray[np.bool_]:
    """Return which pixels are visibly off the background: boolean of shape (height, width)."""
    far: NDArray[np.bool_] = levels_off(pixels, background) > levels
    return far


def levels_off(pixels: NDArray[np.uint8], background: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return how many levels each pixel is off the background in the channel where it is most.

    int16 of shape (height, width), 0 to 255. Channel by channel, which takes a fraction of the time that the
    largest of three neighbours does.
    """
    far: NDArray[np.int16] | None = None
    for channel, level in enumerate(background):
        off = np.subtract(pixels[..., channel], level, dtype=np.int16)
        np.abs(off, out=off)
        far = off if far is None else np.maximum(far, off, out=far)
    assert far is not None
    return far


def commonest_color(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the commonest colour as three channel values, counted in steps of 4 levels and exact to 2.

    White (255) is answered as 255 where its step is the commonest.
    """
    return commonest_step(*count_steps(pixels))


def commonest_step(steps: NDArray[np.uint8], counts: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return what `commonest_color` does, of what `count_steps` has counted."""
    color: NDArray[np.int16] = steps[counts.argmax()].astype(np.int16) + 2
    color[color == 254] = 255
    return color


def check_pictures(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> None:
    """Raise ValueError unless both are uint8 RGB pictures of one shape."""
    check_picture(reference)
    check_picture(candidate)
    if reference.shape != candidate.shape:
        raise ValueError(
            f"received pictures of shapes {reference.shape} and {candidate.shape}; they must be the same, "
            "so resize one first (`compare_pictures` does)"
        )


def check_picture(pixels: NDArray[np.uint8]) -> None:
    """Raise ValueError unless the array is a picture: uint8 of shape (height, width, 3)."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(
            f"received an array of {pixels.dtype} and shape {pixels.shape}; "
            "a picture is uint8 of shape (height, width, 3), with at least one pixel"
        )
