"""Duplicates: the right ones, the right keeper, whatever the order."""

from __future__ import annotations

import random

import numpy as np
import pytest

from vincicoder.dedup import (
    Candidate,
    ImageSignatures,
    NearImageLimits,
    exact_duplicates,
    near_image_duplicates,
)
from vincicoder.dedup.near_image import near_pairs


def test_the_shortest_program_stays_then_the_first_source() -> None:
    rows = [
        Candidate("long", "d", 90, "a", "1"),
        Candidate("short-b", "d", 50, "b", "1"),
        Candidate("short-a", "d", 50, "a", "2"),
        Candidate("other", "e", 10, "a", "3"),
    ]
    for seed in range(5):
        random.Random(seed).shuffle(rows)
        found = exact_duplicates(rows, "exact_code")
        assert [(d.removed_id, d.kept_id, d.kind, d.distance) for d in found] == [
            ("long", "short-a", "exact_code", 0),
            ("short-b", "short-a", "exact_code", 0),
        ]


def signatures(count: int, seed: int) -> ImageSignatures:
    generator = np.random.default_rng(seed)
    hashes = generator.integers(0, 2**64, count, np.uint64)
    for row in range(0, count, 3):  # every third hash gets a neighbour a few bits away
        flips = generator.choice(64, generator.integers(0, 5), replace=False).astype(np.uint64)
        hashes[(row + 1) % count] = hashes[row] ^ np.bitwise_or.reduce(
            np.uint64(1) << flips, initial=np.uint64(0)
        )
    thumbnails = np.zeros((count, 768), np.uint8)
    thumbnails[::7] = 200
    return ImageSignatures([f"s{row:05d}" for row in range(count)], hashes, thumbnails)


@pytest.mark.parametrize("radius", [0, 1, 2, 4])
def test_banding_finds_exactly_what_all_pairs_finds(radius: int) -> None:
    found = signatures(1500, radius)
    limits = NearImageLimits(radius=radius)
    expected = set()
    for row in range(1500):
        distances = np.bitwise_count(found.phashes[row + 1 :] ^ found.phashes[row])
        for other in np.flatnonzero(distances <= radius) + row + 1:
            apart = np.abs(found.thumbnails[row].astype(int) - found.thumbnails[other]).max()
            if apart <= limits.thumbnail_levels:
                expected.add((row, int(other), int(distances[other - row - 1])))
    pairs = set(zip(*(column.tolist() for column in near_pairs(found, limits)), strict=True))
    assert pairs == expected
    assert len(expected) > 50


def test_same_outline_in_other_colours_is_no_duplicate() -> None:
    thumbnails = np.zeros((3, 768), np.uint8)
    thumbnails[1, 0::3] = 255
    thumbnails[2, 5] = 6
    found = near_image_duplicates(
        ImageSignatures(["a", "red", "b"], np.zeros(3, np.uint64), thumbnails), NearImageLimits()
    )
    assert [(d.removed_id, d.kept_id, d.distance) for d in found] == [("b", "a", 0)]


def test_every_removed_picture_is_near_its_own_keeper() -> None:
    hashes = np.array([0b0, 0b11, 0b1111, 0b111111], np.uint64)  # a chain, each 2 bits from the next
    found = near_image_duplicates(
        ImageSignatures(["a", "b", "c", "d"], hashes, np.zeros((4, 768), np.uint8)), NearImageLimits(radius=2)
    )
    assert [(d.removed_id, d.kept_id, d.distance) for d in found] == [("b", "a", 2), ("d", "c", 2)]


def test_no_pictures_no_duplicates() -> None:
    empty = ImageSignatures([], np.empty(0, np.uint64), np.empty((0, 768), np.uint8))
    assert near_image_duplicates(empty, NearImageLimits()) == []
