"""Structural similarity of the pictures, as the benchmarks of SVG publish it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from skimage.metrics import structural_similarity

from vincicoder.evaluate.canvas import measured_both_ways
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair, Pixels

_WINDOW, _SMALLEST_WINDOW = 11, 3


def color_ssim(reference: Pixels, candidate: Pixels) -> float:
    """Return the mean SSIM over the colour channels of two pictures of one shape, -1 to 1.

    The window is flat, 11 pixels wide, or the largest odd width that a smaller picture has. Pictures under 3
    pixels are equal (1) or not (0).
    """
    side = min(reference.shape[:2])
    window = min(_WINDOW, side - 1 + side % 2)
    if window < _SMALLEST_WINDOW:
        return float(np.array_equal(reference, candidate))
    value = structural_similarity(  # type: ignore[no-untyped-call]
        reference, candidate, win_size=window, channel_axis=2
    )
    return float(value)


def _measure(pair: Pair) -> Mapping[str, Score]:
    published, strict = measured_both_ways(pair, color_ssim)
    return {"ssim": Score(published, min(max(strict, 0.0), 1.0))}


def _failed(pair: Pair) -> Mapping[str, float]:
    """Compare with the white picture that StarVector draws for a program that cannot be drawn."""
    return {"ssim": color_ssim(pair.reference.pixels, np.full_like(pair.reference.pixels, 255))}


METRIC = Metric(
    names=("ssim",),
    source="joanrod/star-vector@0e083c1 starvector/metrics/compute_SSIM.py; "
    "open-compass/VLMEvalKit@e8e78f0 vlmeval/dataset/utils/SArena/SSIM.py",
    measure=_measure,
    applies=lambda pair: True,
    failed=_failed,
)
