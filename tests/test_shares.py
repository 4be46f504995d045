"""Shares are decided by a hash alone."""

from __future__ import annotations

import hashlib

from vincicoder.shares import percent, unit


def test_a_share_is_as_large_as_it_says_and_nested_in_a_larger_one() -> None:
    names = [f"row {number}" for number in range(20_000)]
    small = {name for name in names if percent(name) < 30}
    assert abs(len(small) - 6000) < 200
    assert small < {name for name in names if percent(name) < 31}
    assert not [name for name in names if not 0 <= percent(name) < 100]


def test_the_number_is_that_of_the_first_seven_bytes() -> None:
    number = int(hashlib.sha256(b"quota\0abc").hexdigest()[:14], 16)
    assert unit("quota\0abc") == (number + 1) / 2**56 and percent("quota\0abc") == 100 * number / 2**56
    assert 0 < min(unit(str(number)) for number in range(1000)) < 0.01
