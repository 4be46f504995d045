"""Features of tiles are remembered, and a batch waits for no other's encoding that it does not need."""

from __future__ import annotations

import threading

import numpy as np

from vincicoder.similarity.tile_features import TileFeatures

WAIT = 20.0  # seconds


class Held:
    """An encoder of mean colours that waits for its gate to open."""

    name, side = "held", 4

    def __init__(self) -> None:
        self.gate, self.entered = threading.Event(), threading.Event()
        self.batches: list[int] = []

    def encode(self, tiles: np.ndarray) -> np.ndarray:
        self.batches.append(len(tiles))
        self.entered.set()
        assert self.gate.wait(WAIT)
        return tiles.mean(axis=(1, 2)).astype(np.float32)


def tiles(*levels: int) -> np.ndarray:
    colors = np.array([(level, 255 - level, 3) for level in levels], np.uint8)
    return np.broadcast_to(colors[:, None, None, :], (len(levels), 4, 4, 3)).copy()


def test_known_tiles_are_answered_while_others_are_encoded_and_none_is_encoded_twice() -> None:
    encoder = Held()
    features = TileFeatures(encoder)
    encoder.gate.set()
    (known,) = features.encode([tiles(10, 20, 10)])
    assert encoder.batches == [2]
    np.testing.assert_array_equal(known[0], known[2])
    np.testing.assert_allclose(np.linalg.norm(known, axis=1), 1, atol=1e-6)
    encoder.gate.clear()
    encoder.entered.clear()
    found: dict[str, np.ndarray] = {}

    def ask(name: str, *levels: int) -> threading.Thread:
        thread = threading.Thread(target=lambda: found.update({name: features.encode([tiles(*levels)])[0]}))
        thread.start()
        return thread

    first = ask("first", 30, 40)
    assert encoder.entered.wait(WAIT)
    again = ask("again", 20, 10)
    again.join(WAIT)
    assert "first" not in found
    np.testing.assert_array_equal(found["again"], known[[1, 0]])
    second = ask("second", 40, 30, 50)  # waits for the first, and needs one tile more
    encoder.gate.set()
    first.join(WAIT)
    second.join(WAIT)
    assert encoder.batches == [2, 2, 1]
    assert features.encoded == 5
    np.testing.assert_array_equal(found["second"][:2], found["first"][::-1])


def test_the_latest_are_remembered() -> None:
    encoder = Held()
    encoder.gate.set()
    features = TileFeatures(encoder, remembered=2)
    for level in (1, 2, 1, 3, 1):  # the third asks for the first again, so the second goes
        features.encode([tiles(level)])
    assert encoder.batches == [1, 1, 1]
    (three,) = features.encode([tiles(1, 2, 3)])
    assert (len(three), encoder.batches) == (3, [1, 1, 1, 1])
