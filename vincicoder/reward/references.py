"""References, decoded and encoded once, kept by the hash of their bytes from step to step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping

from vincicoder.reward.config import RewardConfig
from vincicoder.reward.items import ReferencePicture, decode_reference
from vincicoder.reward.visual import Reference, choose_grid, cut, empty_tiles
from vincicoder.similarity.tile_features import TileFeatures

_MOST_BYTES = 1 << 30  # of decoded pixels kept
_PICTURES_AT_ONCE = 8  # at most 13 tiles of 600 KB each


class ReferenceCache:
    """A cache of references, least recently used out first. Any thread may ask."""

    def __init__(self, features: TileFeatures, config: RewardConfig) -> None:
        self.prepared = 0
        self._features = features
        self._config = config
        self._known: OrderedDict[str, Reference] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def prepare(self, encoded: Mapping[str, bytes]) -> dict[str, Reference | str]:
        """Return the reference of each encoded image (by sha256), or what is wrong with it."""
        found: dict[str, Reference | str] = {}
        fresh: list[ReferencePicture] = []
        for sha256, data in encoded.items():
            known = self._recall(sha256)
            if known is not None:
                found[sha256] = known
                continue
            try:
                fresh.append(decode_reference(sha256, data))
            except ValueError as error:
                found[sha256] = f"the reference can't be read: {error}"
        found.update((reference.picture.sha256, reference) for reference in self._encode(fresh))
        return found

    def _recall(self, sha256: str) -> Reference | None:
        with self._lock:
            known = self._known.get(sha256)
            if known is not None:
                self._known.move_to_end(sha256)
            return known

    def _encode(self, pictures: list[ReferencePicture]) -> Iterator[Reference]:
        for group in _in_groups(pictures):
            grids = [choose_grid(picture.pixels, self._config) for picture in group]
            side = self._features.encoder.side
            tiles = [cut(picture.pixels, grid, side) for picture, grid in zip(group, grids, strict=True)]
            encoded = self._features.encode(tiles)
            for picture, grid, cuts, features in zip(group, grids, tiles, encoded, strict=True):
                reference = Reference(picture, grid, empty_tiles(cuts[: grid.count]), features)
                self._keep(reference)
                yield reference

    def _keep(self, reference: Reference) -> None:
        with self._lock:
            self.prepared += 1
            if reference.picture.sha256 not in self._known:
                self._known[reference.picture.sha256] = reference
                self._bytes += reference.picture.pixels.nbytes
            while len(self._known) > self._config.cached_references or self._bytes > _MOST_BYTES:
                _, dropped = self._known.popitem(last=False)
                self._bytes -= dropped.picture.pixels.nbytes


def _in_groups(pictures: list[ReferencePicture]) -> Iterator[list[ReferencePicture]]:
    """Yield a few pictures at a time: their tiles are all in memory together."""
    for start in range(0, len(pictures), _PICTURES_AT_ONCE):
        yield pictures[start : start + _PICTURES_AT_ONCE]
