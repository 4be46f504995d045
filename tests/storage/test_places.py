"""Places of keys, against a dictionary."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from storage.places import MAX_RUN_ROWS, Places


@pytest.mark.parametrize("most", [MAX_RUN_ROWS, 64])
def test_keys_are_found_in_all_their_places(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.places.MAX_RUN_ROWS", most)
    chance = random.Random(3)
    places, expected = Places(), defaultdict(set)
    for output in range(60):
        keys = [f"key-{chance.randrange(900)}" for _ in range(chance.choice((0, 1, 7, 40)))]
        rows = sorted(chance.sample(range(100), len(keys)))
        places.add(keys, output, rows)
        for key, row in zip(keys, rows, strict=True):
            expected[key].add((output, row))
        asked = [f"key-{number}" for number in range(0, 1_000, 3)]
        found = defaultdict(set)
        for key, *place in places.find(asked):
            found[key].add(tuple(place))
        assert found == {key: expected[key] for key in asked if expected[key]}
    assert list(places.find([])) == []


def test_runs_are_joined_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.places.MAX_RUN_ROWS", 300)
    places = Places()
    for output in range(1_000):
        places.add([f"{output}-{row}" for row in range(3)], output, range(3))
    sizes = [len(run.high) for run in places._runs]
    assert sum(sizes) == 3_000
    assert max(sizes) <= 300
    assert len(sizes) <= 2 * 10 + 10  # of full ones at least half as many rows as they may have
    assert list(places.find(["777-2", "none"])) == [("777-2", 777, 2)]


def test_rows_lie_in_few_runs() -> None:
    places = Places()
    for output in range(1_000):
        places.add([f"{output}-{row}" for row in range(3)], output, range(3))
    assert len(places._runs) <= 10
    assert list(places.find(["777-2", "none"])) == [("777-2", 777, 2)]
