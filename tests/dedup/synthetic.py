"""Random signatures with planted duplicates, small enough for brute force."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vincicoder.dedup import Signed
from vincicoder.dedup.near_image import Hashes
from vincicoder.dedup.pairs import RowNumbers

Generator = np.random.Generator


def flip(hashes: Hashes, most: int, generator: Generator) -> Hashes:
    """Flip up to `most` random bits of each hash."""
    flipped = hashes.copy()
    for row in range(len(flipped)):
        for bit in generator.choice(64, generator.integers(0, most + 1), replace=False):
            flipped[row] ^= np.uint64(1) << np.uint64(bit)
    return flipped


def random_signed(count: int, seed: int) -> Signed:
    """Rows of four kinds: strangers, exact and near pictures, near programs; many in chains and crowds."""
    generator = np.random.default_rng(seed)
    signed = Signed(
        pixel_groups=np.arange(count),
        phashes=generator.integers(0, 2**64, count, np.uint64),
        thumbnails=generator.integers(0, 250, (count, 768)).astype(np.uint8),
        code=generator.integers(0, 2**16 - 1, (count, 128)).astype(np.uint16),
        template=generator.integers(0, 2**16 - 1, (count, 128)).astype(np.uint16),
    )
    for _ in range(count):
        one, other = generator.integers(0, count, 2)
        what = generator.integers(0, 4)
        if what == 0:
            signed.pixel_groups[other] = signed.pixel_groups[one]
        signed.phashes[other] = flip(signed.phashes[one : one + 1], (0, 2, 4, 8)[what], generator)[0]
        signed.thumbnails[other] = signed.thumbnails[one]
        if what >= 1:
            signed.thumbnails[other, generator.integers(0, 768)] += generator.integers(0, 6)
        if what >= 2:
            changed = generator.choice(128, generator.integers(0, 60), replace=False)
            signed.code[other] = signed.code[one]
            signed.code[other, changed] = generator.integers(0, 2**16 - 1, changed.size)
        if what == 3:
            changed = generator.choice(128, generator.integers(0, 14), replace=False)
            signed.template[other] = signed.template[one]
            signed.template[other, changed] = 7
    return signed


def estimate(signed: Signed) -> object:
    """A true similarity for rows that have signatures only: the estimate, taken as the truth."""

    def similarity(first: RowNumbers, second: RowNumbers) -> NDArray[np.float32]:
        return (signed.code[first] == signed.code[second]).mean(axis=1).astype(np.float32)

    return similarity
