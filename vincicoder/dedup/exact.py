"""Exact duplicates: rows that share a hash (of the code, or of the pixels)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Candidate:
    """What deduplication needs to know of a row.

    Of equal rows the smallest `preference` stays: the shortest code that draws the picture, then
    the source and the id in it, so that the choice never depends on the order of shards.
    """

    sample_id: str
    digest: str
    code_characters: int
    source: str
    source_id: str

    @property
    def preference(self) -> tuple[int, str, str, str]:
        return (self.code_characters, self.source, self.source_id, self.sample_id)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One removal: which row leaves, which stays for it, and how far apart they are.

    `distance` is 0 for exact kinds and the Hamming distance of the pHashes (0 to 64) for near images.
    """

    removed_id: str
    kept_id: str
    kind: str
    distance: int


def exact_duplicates(candidates: Iterable[Candidate], kind: str) -> list[Duplicate]:
    """Return the removals that leave one row per digest, ordered by the removed id."""
    keepers: dict[str, Candidate] = {}
    losers: list[Candidate] = []
    for candidate in candidates:
        keeper = keepers.get(candidate.digest)
        if keeper is None:
            keepers[candidate.digest] = candidate
        elif candidate.preference < keeper.preference:
            losers.append(keeper)
            keepers[candidate.digest] = candidate
        else:
            losers.append(candidate)
    removals = [Duplicate(loser.sample_id, keepers[loser.digest].sample_id, kind, 0) for loser in losers]
    return sorted(removals, key=lambda removal: removal.removed_id)
