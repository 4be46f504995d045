"""Which rows' renders are not what the corpus's own pictures show: thresholds learned source by source.

Sources draw their pictures in their own ways: some with the very code and libraries, some at another
scale, some with margins, fonts and colours changed at random. So how far a good render lies from its
picture is a property of the source. It is read off the source's own distances: their median and their
spread above it, both of which stay put while less than about a third of the rows are wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from vincicoder.sample import Reason, Rejection
from vincicoder.verify.own_picture import MEASURES

# With fewer rows the spread cannot be estimated; the bounds for unknown sources are used.
MIN_ROWS = 30
# A row is wrong when it lies this many spreads above the median. The spread is the distance of the 75th
# percentile from the median; 0.6745 standard deviations for normal values, so 9 are about 6 of them.
SPREADS = 9.0
# What pictures drawn alike differ by (a shifted pixel, JPEG, other fonts): never wrong below this. Chosen on
# one half of the benchmark's programs (docs/curation.md).
FLOORS: Mapping[str, float] = MappingProxyType(
    {
        "structure": 0.1,
        "detail": 0.15,
        "hash": 12.0,
        "color": 12.0,
        "aspect": 0.04,
        "missing": 0.015,
        "chroma": 32.0,
    }
)
# The perceptual hash of simple, tightly cut drawings turns on what compression leaves: where it is more than
# this many bits off in a tenth of a source's rows, half of what unrelated pictures are, it tells nothing.
_UNSTEADY_HASH = 13.0
# Nothing is missing from most good renders, and much where pictures could not be laid over each other: what
# 85 in 100 rows reach twice over is no sign.
_MOST_LAID_WELL = 0.85
# For sources with too few rows to learn from: what unrelated pictures of one kind hardly ever reach.
UNKNOWN: Mapping[str, float] = MappingProxyType(
    {
        "structure": 0.5,
        "detail": 1.5,
        "hash": 26.0,
        "color": 90.0,
        "aspect": 0.7,
        "missing": 0.9,
        "chroma": 45.0,
    }
)


@dataclass(frozen=True, slots=True)
class SourceThresholds:
    """The bounds for one source: a row that passes one of them by any measure is a mismatch.

    A measure whose bound is None is not used for this source. `rows` is how many rows with
    a picture of their own there were; `learned` whether they were enough.
    """

    source: str
    rows: int
    learned: bool
    bounds: Mapping[str, float | None]


def learn_thresholds(source: str, distances: Mapping[str, NDArray[np.float64]]) -> SourceThresholds:
    """Learn the bounds from the distances of all rows of a source, one array per measure.

    The order of the rows has no influence.
    """
    rows = len(next(iter(distances.values())))
    if rows < MIN_ROWS:
        return SourceThresholds(source, rows, False, {**UNKNOWN, "hash": None})
    return SourceThresholds(source, rows, True, {name: _bound(name, distances[name]) for name in MEASURES})


def _bound(name: str, values: NDArray[np.float64]) -> float | None:
    """Return the bound of one measure, at most that for unknown sources; None where it shows nothing."""
    median, upper, most, tenth = np.quantile(values, [0.5, 0.75, _MOST_LAID_WELL, 0.9])
    if name == "hash" and tenth > _UNSTEADY_HASH:
        return None
    bound = max(FLOORS[name], median + SPREADS * (upper - median))
    if name == "missing":
        bound = max(bound, 2 * most)
    return round(float(min(bound, UNKNOWN[name])), 6)


def mismatch(distances: Mapping[str, float], thresholds: SourceThresholds) -> Rejection | None:
    """Return which measures are over the source's bounds, the first with value and bound, or None."""
    over = [
        (f"{name} {distances[name]:.3g} (at most {bound:.3g})", distances[name], bound)
        for name, bound in thresholds.bounds.items()
        if bound is not None and distances[name] > bound
    ]
    if not over:
        return None
    _, value, bound = over[0]
    return Rejection(Reason.VERIFY_MISMATCH, ", ".join(words for words, *_ in over), value, bound)
