"""How far apart the colours of two pictures are, wherever in the picture they lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from vincicoder.similarity.color_counts import count_colors, merge_steps
from vincicoder.similarity.structure import check_picture, commonest_step, ink_mask

_QUANTILES = np.linspace(0.0, 1.0, 65)


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
    first, second = count_colors(reference), count_colors(candidate)
    background = commonest_step(*merge_steps(*first))
    per_channel = np.abs(_quantiles(*first, background) - _quantiles(*second, background)).mean(axis=0)
    return float(np.sqrt(np.square(per_channel).sum()))


def _quantiles(
    colors: NDArray[np.uint8], counts: NDArray[np.int64], background: NDArray[np.int16]
) -> NDArray[np.float64]:
    """Return 65 quantiles of each CIELAB channel over the visible pixels: float64 of shape (65, 3)."""
    visible = ink_mask(colors[None], background)[0]
    colors, counts = colors[visible], counts[visible]
    if not len(colors):
        colors, counts = background.astype(np.uint8)[None], np.ones(1, np.int64)
    return _quantiles_of(_lab(colors, counts), counts).T


def _lab(colors: NDArray[np.uint8], counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return colours in CIELAB as they are converted among all their pixels: float32 of shape (3, n)."""
    # The product of a matrix with a single row is rounded otherwise than with several.
    rows = colors if len(colors) > 1 or counts[0] == 1 else np.repeat(colors, 2, axis=0)
    lab: NDArray[np.float32] = rgb2lab(rows[None].astype(np.float32) / 255)[0, : len(colors)].T
    return np.ascontiguousarray(lab)


def _quantiles_of(values: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the quantiles of each row of values, each of which counts so often, as `np.quantile` does of
    them repeated (linear), to the bit."""
    total = int(counts.sum())
    if total == len(counts):
        ordered, stops = np.sort(values, axis=1), np.broadcast_to(np.arange(1, total + 1), values.shape)
    else:
        order = np.argsort(values, axis=1)
        ordered, stops = np.take_along_axis(values, order, axis=1), np.cumsum(counts[order], axis=1)
    last = total - 1
    at = _QUANTILES * last
    low = np.floor(at).astype(np.intp)
    share = at - low
    high = np.minimum(low + 1, last)
    below, above = (
        np.stack(
            [one[np.searchsorted(stop, places, "right")] for one, stop in zip(ordered, stops, strict=True)]
        )
        for places in (low, high)
    )
    step = above - below
    found: NDArray[np.float64] = below + step * share
    np.subtract(above, step * (1 - share), out=found, where=share >= 0.5)
    return found
