"""The whole search against brute force: the right rows leave, for the right ones, whatever the order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.dedup.synthetic import estimate, random_signed
from vincicoder.dedup import DuplicateLimits, Kind, Signed, find_duplicates
from vincicoder.dedup.keepers import KEPT, REMOVED
from vincicoder.dedup.near_image import NEAR_IMAGE, near_image_edges
from vincicoder.dedup.pairs import CHUNK, SearchBudget, same_key_pairs
from vincicoder.dedup.pictures import NearImageLimits

LIMITS = DuplicateLimits()


def alike(signed: Signed, limits: DuplicateLimits) -> tuple[np.ndarray, np.ndarray]:
    """By brute force: (n, n) matrices of the strict kind (9 for none) and of same-template pairs."""
    count = len(signed.phashes)
    bits = np.bitwise_count(signed.phashes[:, None] ^ signed.phashes[None, :])
    levels = signed.thumbnails.astype(np.float64).reshape(count, 256, 3)
    ink = np.abs(levels - levels.mean(axis=1, keepdims=True)).sum(axis=(1, 2))

    def near(limits: NearImageLimits) -> np.ndarray:
        agree = bits <= limits.radius
        for row in range(count):
            difference = np.abs(levels - levels[row]).reshape(count, 768)
            agree[row] &= difference.max(axis=1) <= limits.cell_levels
            agree[row] &= difference.mean(axis=1) <= limits.mean_levels
            agree[row] &= difference.sum(axis=1) <= limits.ink_share * np.maximum(ink, ink[row])
        return agree

    code = np.stack([(signed.code == row).sum(axis=1) for row in signed.code])
    template = np.stack([(signed.template == row).sum(axis=1) for row in signed.template])
    kind = np.full((count, count), 9)
    kind[(code >= np.ceil(0.8 * 128)) & near(limits.code.pictures)] = Kind.NEAR_CODE
    kind[near(limits.image)] = Kind.NEAR_IMAGE
    kind[signed.pixel_groups[:, None] == signed.pixel_groups[None, :]] = Kind.EXACT_IMAGE
    return kind, (template >= np.ceil(0.9 * 128)) & near(limits.template.pictures)


def by_hand(signed: Signed, limits: DuplicateLimits) -> list[tuple[int, int] | None]:
    """The rule as docs/curation.md words it, one row at a time."""
    kind, template = alike(signed, limits)
    removed: list[tuple[int, int] | None] = []
    for row in range(len(signed.phashes)):
        stays = [better for better in range(row) if removed[better] is None]
        duplicates = [better for better in stays if kind[row, better] != 9]
        like = [better for better in stays if template[row, better]]
        if duplicates:
            removed.append((duplicates[0], int(kind[row, duplicates[0]])))
        elif len(like) >= limits.max_same_template > 0:
            removed.append((like[0], int(Kind.SAME_TEMPLATE)))
        else:
            removed.append(None)
    return removed


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("limits", [LIMITS, DuplicateLimits(max_same_template=1)])
def test_the_search_decides_as_brute_force_does(seed: int, limits: DuplicateLimits) -> None:
    signed = random_signed(250, seed)
    found = find_duplicates(signed, limits, estimate(signed)).decisions
    expected = by_hand(signed, limits)
    assert {Kind(removal[1]) for removal in expected if removal} >= {Kind.EXACT_IMAGE, Kind.NEAR_IMAGE}
    got = [
        (int(found.keeper[row]), int(found.kind[row])) if found.state[row] == REMOVED else None
        for row in range(250)
    ]
    assert got == expected


@pytest.mark.slow
def test_a_crowd_is_decided_in_few_edges_but_the_same_rows_stay() -> None:
    """700 rows nearly all alike: far more pairs than a row may look at."""
    generator = np.random.default_rng(1)
    signed = random_signed(700, 1)
    signed.phashes[:] = 12345
    for bit in generator.integers(0, 64, 700):
        row = generator.integers(0, 700)
        signed.phashes[row] ^= np.uint64(1) << np.uint64(bit)
        signed.phashes[row] ^= np.uint64(1) << np.uint64((bit + 5) % 64)
    signed.thumbnails[:] = 90
    signed.thumbnails[::3] = 99
    signed.thumbnails[:, :384] += 100
    kind, _ = alike(signed, LIMITS)
    stays: list[int] = []
    for row in range(700):
        if (kind[row, stays] == 9).all():
            stays.append(row)
    found = find_duplicates(signed, LIMITS, estimate(signed)).decisions
    assert np.flatnonzero(found.state == KEPT).tolist() == stays
    removed = np.flatnonzero(found.state == REMOVED)
    assert (kind[removed, found.keeper[removed]] != 9).all()
    assert np.isin(found.keeper[removed], stays).all()


def test_a_row_whose_better_rows_all_leave_is_looked_at_again() -> None:
    """Row 0 removes 40 rows; row 41 is like those 40, not like row 0; row 42 is like row 41."""
    signed = random_signed(43, 0)
    signed.phashes[:] = 5
    signed.pixel_groups[:] = np.arange(43)
    signed.code[:] = np.arange(43 * 128).reshape(43, 128)
    signed.template[:] = signed.code
    signed.thumbnails[0] = 0
    signed.thumbnails[1:41] = 6
    signed.thumbnails[41] = 12
    signed.thumbnails[42] = 18
    signed.thumbnails[:, :384] += 180
    found = find_duplicates(signed, LIMITS, estimate(signed))
    assert found.passes == 2
    assert found.decisions.keeper.tolist() == [-1, *[0] * 40, -1, 41]


def test_each_removed_row_is_near_a_row_that_stays_and_no_two_of_those_are_near() -> None:
    signed = random_signed(400, 77)
    found = find_duplicates(signed, LIMITS, estimate(signed))
    kind, _ = alike(signed, LIMITS)
    state = found.decisions.state
    for row in np.flatnonzero(state == REMOVED):
        keeper = found.decisions.keeper[row]
        assert state[keeper] == KEPT
        assert keeper < row
        if found.decisions.kind[row] != Kind.SAME_TEMPLATE:
            assert kind[row, keeper] == found.decisions.kind[row]
    kept = np.flatnonzero(state == KEPT)
    assert (kind[np.ix_(kept, kept)][~np.eye(len(kept), dtype=bool)] == 9).all()


def test_a_cluster_is_named_by_its_first_row_and_joins_rows_of_one_template() -> None:
    signed = random_signed(400, 5)
    limits = DuplicateLimits(max_same_template=0)
    found = find_duplicates(signed, limits, estimate(signed))
    _, template = alike(signed, limits)
    kept = np.flatnonzero(found.decisions.state == KEPT)
    pairs = [(a, b) for a in kept for b in kept if a < b and template[a, b]]
    assert len(pairs) > 5
    for a, b in pairs:
        assert found.clusters[a] == found.clusters[b]
    assert (found.clusters[kept] <= kept).all()
    assert (found.decisions.state[found.clusters[kept]] == KEPT).all()


def test_programs_of_one_template_with_other_pictures_all_stay() -> None:
    """A thousand molecules drawn by one template."""
    signed = random_signed(1000, 3)
    generator = np.random.default_rng(9)
    signed.phashes[:] = generator.integers(0, 2**64, 1000, np.uint64)
    signed.pixel_groups[:] = np.arange(1000)
    signed.code[:] = signed.code[0]
    signed.template[:] = signed.template[0]
    found = find_duplicates(signed, DuplicateLimits(max_same_template=1), estimate(signed))
    assert (found.decisions.state == KEPT).all()
    assert (found.clusters == np.arange(1000)).all()


@pytest.mark.slow
def test_pictures_within_the_radius_are_all_found_among_50_000() -> None:
    """Against brute force: every pair of 50,000 hashes, at radius 2 and at radius 4."""
    generator = np.random.default_rng(11)
    count = 50_000
    phashes = generator.integers(0, 2**64, count, np.uint64)
    phashes[: count // 4] &= np.uint64(0xFFFF0000FFFF)  # skewed, as real ones are
    for row in range(0, count, 25):
        bits = generator.choice(64, generator.integers(0, 7), replace=False).astype(np.uint64)
        phashes[(row + 1) % count] = phashes[row] ^ np.bitwise_or.reduce(
            np.uint64(1) << bits, initial=np.uint64(0)
        )
    thumbnails = np.zeros((count, 3), np.uint8)
    for radius in (2, 4):
        expected: set[tuple[int, int, int]] = set()
        for row in range(count):
            bits = np.bitwise_count(phashes[row + 1 :] ^ phashes[row])
            near = np.flatnonzero(bits <= radius)
            expected.update((row, int(other) + row + 1, int(bits[other])) for other in near)
        budget = SearchBudget(np.ones(count, np.bool_), count)
        edges = near_image_edges(
            phashes, thumbnails, np.arange(count), replace(NEAR_IMAGE, radius=radius), budget
        )
        found = list(zip(edges.first.tolist(), edges.second.tolist(), edges.distance.tolist(), strict=True))
        assert len(found) == len(set(found)), "each pair once"
        assert set(found) == expected
        assert len(expected) > 400 * radius


def test_same_outline_in_other_colours_is_no_duplicate() -> None:
    signed = random_signed(3, 0)
    signed.pixel_groups[:] = [0, 1, 2]
    signed.phashes[:] = 0
    signed.thumbnails[:] = 0
    signed.thumbnails[:, 300:400] = 90
    signed.thumbnails[1, 0::3] = 255
    signed.thumbnails[2, 5] = 6
    signed.code[:] = np.arange(3)[:, None]
    found = find_duplicates(signed, LIMITS, estimate(signed)).decisions
    assert found.state.tolist() == [KEPT, KEPT, REMOVED]
    assert (found.keeper[2], found.kind[2], found.distance[2]) == (0, Kind.NEAR_IMAGE, 0)


def test_pairs_come_in_pieces_and_none_is_lost() -> None:
    keys = np.repeat(np.arange(3, dtype=np.uint64), [1200, 1, 0])
    keys = np.concatenate([keys, np.full(5, 9, np.uint64)])
    rows = np.arange(len(keys)) * 2
    budget = SearchBudget(np.ones(2 * len(keys), np.bool_), 10_000)
    pairs: set[tuple[int, int]] = set()
    for first, second in same_key_pairs(keys, rows, budget):
        assert first.size <= CHUNK
        pairs.update(zip(first.tolist(), second.tolist(), strict=True))
    assert len(pairs) == 1200 * 1199 // 2 + 10
    assert all(a < b for a, b in pairs)


def test_other_words_on_a_page_nearly_blank_are_no_duplicate() -> None:
    """Each page has 40 values of faint text; of two of them the text differs, of the third one letter."""
    signed = random_signed(3, 0)
    signed.pixel_groups[:] = [0, 1, 2]
    signed.phashes[:] = 0
    signed.thumbnails[:] = 255
    signed.thumbnails[:, 200:240] = 240
    signed.thumbnails[1, 200:240:2] = 246
    signed.thumbnails[2, 201] = 245
    signed.code[:] = np.arange(3)[:, None]
    found = find_duplicates(signed, LIMITS, estimate(signed)).decisions
    assert found.state.tolist() == [KEPT, KEPT, REMOVED]
    assert found.kind[2] == Kind.NEAR_IMAGE
