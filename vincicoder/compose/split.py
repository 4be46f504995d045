"""Which side of the split a row is on: `train` or `validation`."""

from __future__ import annotations

import hashlib


def split_of(cluster: str, validation_percent: float) -> str:
    """Return `train` or `validation`, decided by the hash of the row's cluster of near-duplicates.

    All versions of one picture, and pictures much like it, share a cluster: they fall on one side, and a
    row changes sides between builds only when its cluster does.
    """
    digest = hashlib.sha256(f"split\0{cluster}".encode()).digest()
    return "validation" if int.from_bytes(digest[:8]) % 10_000 < validation_percent * 100 else "train"
