"""Crowds of like programs: how much is looked at, and how little of it is missed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.dedup.synthetic import flip
from vincicoder.dedup.crowds import CROWD, crowd_pairs
from vincicoder.dedup.near_code import PERMUTATIONS, SAME_TEMPLATE, near_code_edges
from vincicoder.dedup.pairs import SearchBudget


def hashes(count: int, seed: int) -> np.ndarray:
    """Hashes in families of eight, up to four bits from their first, with a third of all bits the same."""
    generator = np.random.default_rng(seed)
    firsts = generator.integers(0, 2**64, -(-count // 8), np.uint64) & np.uint64(0x7FFFFFFFFFF)
    return flip(np.repeat(firsts, 8)[:count], 4, generator)


@pytest.mark.parametrize("count", [1_000, 8_000])
def test_pairs_looked_at_are_bounded_for_each_row_and_come_once(count: int) -> None:
    rows = np.arange(count) * 2
    keys = np.zeros(count, np.uint64)
    budget = SearchBudget(np.ones(2 * count, np.bool_), count)
    pairs = list(crowd_pairs(keys, rows, hashes(count, 3), 5, budget))
    numbers = np.concatenate([first * 2 * count + second for first, second in pairs])
    assert len(np.unique(numbers)) == numbers.size
    assert numbers.size <= count * (CROWD - 1) / 2
    assert all((first < second).all() for first, second in pairs)


def test_equal_hashes_meet_the_most_preferred_rows_until_their_quota_is_filled() -> None:
    budget = SearchBudget(np.ones(500, np.bool_), 3)
    met: list[tuple[int, int]] = []
    for first, second in crowd_pairs(
        np.zeros(500, np.uint64), np.arange(500), np.full(500, 9, np.uint64), 0, budget
    ):
        budget.found(second)
        met += zip(first.tolist(), second.tolist(), strict=True)
    assert {first for first, second in met if second == 499} >= {0, 1, 2}
    assert budget.filled[3:].all()
    assert len(met) < 500 * 40


@pytest.mark.parametrize("varied", [0, 6])
def test_what_brute_force_finds_in_a_crowd_is_found(varied: int) -> None:
    """3,000 rows of one template; in half of them 6 values of the signature are their own."""
    count, limits = 3_000, SAME_TEMPLATE
    generator = np.random.default_rng(4)
    phashes = hashes(count, 4)
    signatures = np.tile(generator.integers(0, 60_000, PERMUTATIONS), (count, 1)).astype(np.uint16)
    for row in range(0, count, 2):
        own = generator.choice(PERMUTATIONS, varied, replace=False)
        signatures[row, own] = generator.integers(60_000, 65_000, varied)
    thumbnails = np.zeros((count, 768), np.uint8)
    budget = SearchBudget(np.ones(count, np.bool_), count)
    edges = near_code_edges(
        signatures, phashes, thumbnails, np.arange(count), limits, budget, least_matches=116
    )
    found = set(zip(edges.first.tolist(), edges.second.tolist(), strict=True))
    assert len(found) == edges.first.size, "each pair once"
    first, second = np.triu_indices(count, 1)
    bits = np.bitwise_count(phashes[first] ^ phashes[second])
    matches = np.concatenate(
        [(signatures[row] == signatures[row + 1 :]).sum(axis=1) for row in range(count - 1)]
    )
    alike = (bits <= limits.pictures.radius) & (matches >= 116)
    expected = set(zip(first[alike].tolist(), second[alike].tolist(), strict=True))
    assert found <= expected
    assert len(expected) > 8_000
    assert len(expected - found) < 0.002 * len(expected)
    near = alike & (bits <= 4)
    assert set(zip(first[near].tolist(), second[near].tolist(), strict=True)) <= found
