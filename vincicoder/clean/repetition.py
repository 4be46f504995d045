"""Degenerate repetition: code that is mostly one piece repeated, by a model that loops or as padding."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from vincicoder.clean.filter import FilterResult
from vincicoder.sample import Reason, Rejection

# Short code can't be degenerate; a period over 400 characters is a block of a page, not a loop.
_MIN_CHARACTERS = 1_000
_MAX_PERIOD = 400
# The run must be at least this long and this share of the code, with this many copies of the piece.
_MIN_SHARE = 0.5
_MIN_COPIES = 12
# Nothing that is half one piece packs worse than this; far cheaper to find out than the run itself.
_MAX_PACKED = 0.6


def repetition(code: str) -> FilterResult:
    """Reject code of which half or more is a run of exact copies of one piece."""
    if len(code) < _MIN_CHARACTERS:
        return None
    raw = code.encode("utf-8", "replace")
    if len(zlib.compress(raw, 1)) > _MAX_PACKED * len(raw):
        return None
    text = np.frombuffer(raw, np.uint8)
    start, length, period = _longest_run(text)
    if length < max(_MIN_CHARACTERS, _MIN_SHARE * len(text)) or length < _MIN_COPIES * period:
        return None
    line = code.count("\n", 0, start) + 1
    return Rejection(
        Reason.CLEAN_REPETITION,
        f"line {line}: {length // period} copies of a piece of {period} bytes, "
        f"{length / len(text):.0%} of the code",
        length / len(text),
        _MIN_SHARE,
    )


def _longest_run(text: NDArray[np.uint8]) -> tuple[int, int, int]:
    """Return start, length and period (bytes) of the longest run that repeats what is `period` before it.

    A run of half the code lies about its middle; the period is read off there.
    """
    middle = len(text) // 2
    probe = text[middle : middle + 48].tobytes()
    behind = text[: middle + 48 - 1].tobytes().rfind(probe, max(0, middle - _MAX_PERIOD))
    if behind < 0 or behind >= middle:
        return 0, 0, 1
    period = middle - behind
    same = text[period:] == text[:-period]
    breaks = np.flatnonzero(~same)
    place = np.searchsorted(breaks, behind)
    first = int(breaks[place - 1]) + 1 if place else 0
    last = int(breaks[place]) if place < len(breaks) else len(same)
    return first, last - first + period, period
