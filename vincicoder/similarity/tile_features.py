"""Features of tiles, each distinct tile encoded once: plain tiles and exact copies are common."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.encoders.base import Encoder

_REMEMBERED_TILES = 4096  # at 1,280 numbers each, 20 MB


class TileFeatures:
    """Encodes tiles through an encoder and remembers the latest. Any thread may call it."""

    def __init__(self, encoder: Encoder, remembered: int = _REMEMBERED_TILES) -> None:
        self.encoder = encoder
        self.encoded = 0  # tiles that the encoder has seen
        self._remembered = remembered
        self._known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, groups: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Return the unit-length features of groups of tiles: (n, d) for each uint8 (n, side, side, 3)."""
        with self._lock:
            names = [[_digest(tile) for tile in group] for group in groups]
            fresh: dict[bytes, NDArray[np.uint8]] = {}
            for group, group_names in zip(groups, names, strict=True):
                for tile, name in zip(group, group_names, strict=True):
                    if name not in self._known:
                        fresh[name] = tile
            if fresh:
                features = self.encoder.encode(np.stack(list(fresh.values())))
                norms = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
                self._known.update(zip(fresh, features / norms, strict=True))
                self.encoded += len(fresh)
            found = [np.stack([self._known[name] for name in group_names]) for group_names in names]
            for group_names in names:
                for name in group_names:
                    self._known.move_to_end(name)
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
            return found


def _digest(tile: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(tile).data, digest_size=16).digest()
