"""Classical measures of the similarity of two pictures of one size: structure and colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab
from skimage.metrics import structural_similarity

# Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE TIP 2004:
# a Gaussian window of sigma 1.5 cut to 11x11 pixels.
_SIGMA = 1.5
MIN_SIDE = 11  # pixels: the window's side
# ITU-R BT.601, as Pillow's mode L.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
# The channel difference at which a pixel is visibly not background.
INK_LEVELS = 12
_QUANTILES = np.linspace(0.0, 1.0, 65)


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
    _, values = structural_similarity(  # type: ignore[no-untyped-call]
        luma(reference),
        luma(candidate),
        data_range=255.0,
        gaussian_weights=True,
        sigma=_SIGMA,
        use_sample_covariance=False,
        full=True,
    )
    edge = MIN_SIDE // 2
    inner: NDArray[np.float32] = values[edge:-edge, edge:-edge]
    return inner


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the brightness of RGB pixels, 0 to 255, unrounded."""
    return pixels.astype(np.float32) @ _LUMA


def color_distance(reference: NDArray[np.uint8], candidate: NDArray[np.uint8]) -> float:
    """Return how far apart the colours of two pictures are, wherever in the picture they lie.

    The visible pixels of each (those off the reference's commonest colour) are compared as
    distributions: per channel of CIELAB the mean distance of the quantiles (the Wasserstein-1 distance), the
    three joined as a Euclidean length. 0 means the same colours; 2.3 is a just noticeable shift of
    everything; black on white against white on black is 100; the largest possible is about 280. Where one
    has no visible pixel, its background stands in. Shapes may differ: (height, width, 3), uint8.
    """
    for pixels in (reference, candidate):
        check_picture(pixels)
    background = commonest_color(reference)
    first, second = (_quantiles(pixels, background) for pixels in (reference, candidate))
    per_channel = np.abs(first - second).mean(axis=0)
    return float(np.sqrt(np.square(per_channel).sum()))


def _quantiles(pixels: NDArray[np.uint8], background: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return 65 quantiles of each CIELAB channel over the visible pixels: float64 of shape (65, 3)."""
    visible = pixels[ink_mask(pixels, background)]
    if not len(visible):
        visible = background.astype(np.uint8)[None]
    lab = rgb2lab(visible[None].astype(np.float32) / 255)[0]
    return _quantiles_of(np.sort(np.ascontiguousarray(lab.T), axis=1)).T


def _quantiles_of(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the quantiles of sorted rows as `np.quantile` does (linear), to the bit: it looks for 65 places
    in turn, which takes five times as long as to sort once."""
    last = values.shape[1] - 1
    at = _QUANTILES * last
    low = np.floor(at).astype(np.intp)
    share = at - low
    below, above = values[:, low], values[:, np.minimum(low + 1, last)]
    step = above - below
    found: NDArray[np.float64] = below + step * share
    np.subtract(above, step * (1 - share), out=found, where=share >= 0.5)
    return found


def ink_mask(
    pixels: NDArray[np.uint8], background: NDArray[np.int16], levels: int = INK_LEVELS
) -> NDArray[np.bool_]:
    """Return which pixels are visibly off the background: boolean of shape (height, width)."""
    far: NDArray[np.bool_] = np.abs(pixels.astype(np.int16) - background) > levels
    return far[..., 0] | far[..., 1] | far[..., 2]


def commonest_color(pixels: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the commonest colour as three channel values, counted in steps of 4 levels and exact to 2.

    White (255) is answered as 255 where its step is the commonest.
    """
    steps = (pixels >> 2).astype(np.int32)
    packed = steps[..., 0] << 12 | steps[..., 1] << 6 | steps[..., 2]
    top = int(np.bincount(packed.ravel()).argmax())
    color = np.array([top >> 12, top >> 6 & 63, top & 63], np.int16) * 4 + 2
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
