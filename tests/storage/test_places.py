"""Places of keys, against a dictionary."""

from __future__ import annotations

import random
from collections import defaultdict

from storage.places import Places


def test_keys_are_found_in_all_their_places() -> None:
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


def test_rows_lie_in_few_runs() -> None:
    places = Places()
    for output in range(1_000):
        places.add([f"{output}-{row}" for row in range(3)], output, range(3))
    assert len(places._runs) <= 10
    assert list(places.find(["777-2", "none"])) == [("777-2", 777, 2)]
