"""Mean squared error of the pictures, and the ratio of signal to noise."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from vincicoder.evaluate.canvas import measured_both_ways
from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair, Pixels

_BEST_DECIBELS = 100.0  # stands for no error at all, as SArena has it


def mean_squared_error(reference: Pixels, candidate: Pixels) -> float:
    """Return the mean squared difference of the channels, 0 to 1 of full scale."""
    total = 0.0
    for above in range(
        0, len(reference), 256
    ):  # a strip of rows at a time: doubles take eight times the room
        rows = slice(above, above + 256)
        difference = reference[rows].astype(np.float64) - candidate[rows]
        total += float(np.square(difference).sum())
    return total / reference.size / 255**2


def decibels(error: float) -> float:
    """Return the peak signal-to-noise ratio of a mean squared error, 0 to 100 dB."""
    return _BEST_DECIBELS if error == 0 else min(max(-10 * math.log10(error), 0.0), _BEST_DECIBELS)


def _error(pair: Pair) -> Mapping[str, Score]:
    return {"mse": Score(*_errors(pair))}


def _ratio(pair: Pair) -> Mapping[str, Score]:
    return {"psnr": Score(*map(decibels, _errors(pair)))}


def _errors(pair: Pair) -> tuple[float, float]:
    """Return the error of stretched pictures, and of those on one page."""
    if "errors" not in pair.kept:
        pair.kept["errors"] = measured_both_ways(pair, mean_squared_error)
    found: tuple[float, float] = pair.kept["errors"]
    return found


def _white(pair: Pair) -> Mapping[str, float]:
    """Compare with the white picture that StarVector draws for a program that cannot be drawn."""
    reference = pair.reference.pixels
    return {"mse": mean_squared_error(reference, np.full_like(reference, 255))}


MSE = Metric(
    names=("mse",),
    source="joanrod/star-vector@0e083c1 starvector/metrics/compute_l2.py",
    measure=_error,
    applies=lambda pair: True,
    worst=1.0,
    best=0.0,
    failed=_white,
)
PSNR = Metric(
    names=("psnr",),
    source="open-compass/VLMEvalKit@e8e78f0 vlmeval/dataset/utils/SArena/PSNR.py",
    measure=_ratio,
    applies=lambda pair: True,
    best=_BEST_DECIBELS,
    failed=None,
)
