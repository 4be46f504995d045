"""Features of tiles, each distinct tile encoded once: plain tiles and exact copies are common."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from vincicoder.similarity.encoders.base import Encoder

_REMEMBERED_TILES = 4096  # at 1,280 numbers each, 20 MB


class TileFeatures:
    """Encodes tiles through an encoder and remembers the latest. Any thread may call it.

    While one batch is encoded, others are cut, named by their hashes and compared in their callers' threads.
    """

    def __init__(self, encoder: Encoder, remembered: int = _REMEMBERED_TILES) -> None:
        self.encoder = encoder
        self.encoded = 0  # tiles that the encoder has seen
        self._remembered = remembered
        self._known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()
        self._encoding = threading.Lock()

    def encode(self, groups: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Return the unit-length features of groups of tiles: (n, d) for each uint8 (n, side, side, 3)."""
        names = [[_digest(tile) for tile in group] for group in groups]
        tiles = {
            name: tile
            for group, group_names in zip(groups, names, strict=True)
            for tile, name in zip(group, group_names, strict=True)
        }
        found = self._recall(tiles)
        if len(found) < len(tiles):
            with self._encoding:
                found |= self._recall(tiles)  # another batch may have brought some while this one waited
                fresh = [name for name in tiles if name not in found]
                if fresh:
                    features = self.encoder.encode(np.stack([tiles[name] for name in fresh]))
                    norms = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
                    made = dict(zip(fresh, features / norms, strict=True))
                    self._remember(made)
                    found |= made
        return [np.stack([found[name] for name in group_names]) for group_names in names]

    def _recall(self, names: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        with self._lock:
            found = {name: self._known[name] for name in names if name in self._known}
            for name in found:
                self._known.move_to_end(name)
            return found

    def _remember(self, made: Mapping[bytes, NDArray[np.float32]]) -> None:
        with self._lock:
            self._known.update(made)
            self.encoded += len(made)
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)


def _digest(tile: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(tile).data, digest_size=16).digest()
