"""Numbers decided by the hash of a text: the same on every machine and in every build, whatever the order."""

from __future__ import annotations

import hashlib

_RANGE = 1 << 56  # what a float tells apart, and more


def unit(text: str) -> float:
    """Return a number above 0 and at most 1, spread evenly over texts."""
    return (_number(text) + 1) / _RANGE


def percent(text: str) -> float:
    """Return a number from 0 to below 100, spread evenly over texts: `percent(...) < share` takes a share."""
    return 100 * _number(text) / _RANGE


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7])
