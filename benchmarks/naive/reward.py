"""The reward the usual way: every response drawn anew, its reference and itself encoded, nothing kept.

The formula, the grid and the encoder's weights are the measured reward's own, so that what differs is the
design.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.naive.encoder import PlainEncoder
from benchmarks.processor_time import ended_children_seconds, own_seconds
from vincicoder.reward import RewardConfig, RewardItem
from vincicoder.reward.answer import read_answer
from vincicoder.reward.items import decode_reference, read_reference
from vincicoder.reward.visual import Baseline, Reference, choose_grid, compare, cut, empty_tiles
from vincicoder.similarity.encoders.base import EMBEDDED, Encoder
from vincicoder.similarity.encoders.load import load_encoder

_BASELINE = Baseline(0.3, 0.3)  # its value costs nothing, and nobody looks at this way's scores


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of all processes."""

    render: float
    encode: float
    compare: float


class NaiveReward:
    """Scores one response after another."""

    def __init__(self, config: RewardConfig) -> None:
        self._config = config
        self._encoders: dict[int, Encoder] = {}  # by batch size: no padding is charged to this way

    def score(self, item: RewardItem) -> Cost | None:
        """Score a response and return what it cost, or None where its program drew nothing."""
        answer = read_answer(item.response, item.language, self._config)
        sha256, data = read_reference(item.reference)
        reference = decode_reference(sha256, data)
        height, width = reference.pixels.shape[:2]
        grid = choose_grid(reference.pixels, self._config)
        encoder = self._encoder(2 * (grid.count + (grid.count > 1)))
        naive = importlib.import_module(f"benchmarks.naive.{item.language}")

        started = own_seconds() + ended_children_seconds()
        try:
            candidate = naive.render(answer.code or "", (width, height))
        except Exception:  # a program that hangs or breaks the renderer has drawn nothing
            candidate = None
        if candidate is None:
            return None
        drawn = own_seconds() + ended_children_seconds()
        rendering, drawn = drawn - started, own_seconds()
        reference = decode_reference(sha256, data)
        tiles, others = cut(reference.pixels, grid, encoder.side), cut(candidate, grid, encoder.side)
        ready = own_seconds()
        features = encoder.encode(np.concatenate([tiles, others]))
        encoding = own_seconds() - ready
        features = np.asarray(features / np.linalg.norm(features, axis=1, keepdims=True), np.float32)
        known = Reference(reference, grid, empty_tiles(tiles[: grid.count]), features[: len(tiles)])
        empty = empty_tiles(others[: grid.count])
        compare(known, candidate, features[len(tiles) :], empty, self._config, _BASELINE, lpips=0.0)
        return Cost(rendering, encoding, own_seconds() - drawn - encoding)

    @cached_property
    def _plain(self) -> PlainEncoder:
        return PlainEncoder()

    def _encoder(self, tiles: int) -> Encoder | PlainEncoder:
        """Return an encoder for batches of that size, loaded and warm; that is charged to nobody."""
        config = self._config
        if config.encoder == EMBEDDED:
            return self._plain
        if tiles not in self._encoders:
            loaded = load_encoder(config.encoder, config.feature, config.device, tiles)
            loaded.encode(np.zeros((tiles, loaded.side, loaded.side, 3), np.uint8))
            self._encoders[tiles] = loaded
        return self._encoders[tiles]
