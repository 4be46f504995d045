"""Counts the colours of a picture: exactly, or in steps of 4 levels a channel.

Drawings are flat, so a picture is read as runs of one colour: a picture of a million pixels has some ten
thousand, which are sorted and summed in a fraction of the time that its pixels take.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# More colours than this are counted in a table of all steps instead of being sorted.
_MANY = 1 << 12

Counted = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Colours, uint8 of shape (n, 3), and how many pixels have each, int64 of shape (n,)."""


def count_colors(pixels: NDArray[np.uint8]) -> Counted:
    """Return the colours of a picture, uint8 of shape (height, width, 3), in order.

    Where neighbours are hardly ever alike, as in photographs, all pixels are returned as they come, each
    counted once.
    """
    colors, lengths = _runs(pixels)
    return (colors, lengths) if len(colors) == lengths.sum() else _summed(_packed(colors, 8), lengths, 8)


def count_steps(pixels: NDArray[np.uint8]) -> Counted:
    """Return the colours of a picture rounded down to steps of 4 levels, in order, each once."""
    return merge_steps(*_runs(pixels))


def merge_steps(colors: NDArray[np.uint8], counts: NDArray[np.int64]) -> Counted:
    """Return what `count_steps` does, of colours that were counted before, in any order."""
    packed = _packed(colors, 6)
    if len(packed) <= _MANY:
        return _summed(packed, counts, 6)
    table = np.bincount(packed, None if len(counts) == counts.sum() else counts)
    found = np.flatnonzero(table > 0)
    return _unpacked(found, 6), table[found].astype(np.int64)


def _runs(pixels: NDArray[np.uint8]) -> Counted:
    """Return the colour of every run of pixels that are alike, in reading order, and its length."""
    flat = np.ascontiguousarray(pixels).reshape(-1)
    colors = flat.reshape(-1, 3)
    changed = flat[3:] != flat[:-3]
    if np.count_nonzero(changed) > 1.5 * len(colors):  # at half of the pixels and more
        return colors, np.ones(len(colors), np.int64)
    changes = np.flatnonzero(changed) // 3 + 1  # one pixel may have three changes
    starts = np.concatenate(([0], changes[_first_of_alike(changes)]))
    return colors.take(starts, axis=0), np.diff(starts, append=len(colors))


def _first_of_alike(ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of ordered numbers are not the same as the one before."""
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return is_first


def _packed(colors: NDArray[np.uint8], bits: int) -> NDArray[np.int32]:
    """Return the upper bits of each channel as one number: red << 2 * bits | green << bits | blue."""
    red, green, blue = (colors[:, channel].astype(np.int32) >> 8 - bits for channel in range(3))
    packed: NDArray[np.int32] = red << 2 * bits | green << bits | blue
    return packed


def _unpacked(packed: NDArray[np.int64], bits: int) -> NDArray[np.uint8]:
    mask = (1 << bits) - 1
    channels = np.stack([packed >> 2 * bits, packed >> bits & mask, packed & mask], axis=1)
    return (channels << 8 - bits).astype(np.uint8)


def _summed(packed: NDArray[np.int32], counts: NDArray[np.int64], bits: int) -> Counted:
    """Return each colour once, in order, and the sum of its counts, each of which is below 2 ** 32."""
    both = np.sort(packed.astype(np.int64) << 32 | counts)
    ordered = both >> 32
    starts = np.flatnonzero(_first_of_alike(ordered))
    return _unpacked(ordered[starts], bits), np.add.reduceat(both & 0xFFFFFFFF, starts)
