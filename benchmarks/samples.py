"""Real samples of a language, spread evenly over the corpora on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.registry import get_source, list_sources


def pick_samples(language: str, count: int, domain: str = "") -> list[str]:
    """Return up to `count` programs, taken at equal distances from every source of the language.

    `domain` narrows the sources. Sources whose corpus is not here are left out; what is picked
    depends on the corpora alone.
    """
    pools: list[list[str]] = []
    for info in list_sources():
        if language not in info.languages or (domain and info.domain != domain):
            continue
        source = get_source(info.name)
        try:
            total = source.count()
        except SourceUnavailableError:
            continue
        wanted = min(count, total)
        pool: list[str] = []
        for index in range(wanted):
            position = index * total // wanted
            for row in source.rows(position, position + 1):
                if row.language == language and isinstance(row.code, str):
                    pool.append(row.code)
        pools.append(pool)
    chosen: list[str] = []
    for turn in range(count):
        for pool in pools:
            # Each source gives at equal distances, however few are asked of it.
            share = -(-count // len(pools))
            if turn < share and len(chosen) < count and turn * len(pool) // share < len(pool):
                chosen.append(pool[turn * len(pool) // share])
    return chosen


@dataclass(frozen=True, slots=True)
class Mixed:
    """One program of a mixture, by the place it was read from."""

    source: str
    position: int
    language: str
    code: str

    @property
    def name(self) -> str:
        """The place as text: `source#position`."""
        return f"{self.source}#{self.position}"


def pick_mixed(count: int) -> Iterator[Mixed]:
    """Yield up to `count` programs of every corpus on this machine, one of each corpus in turn.

    Corpora that have fewer give all they have, and the others more; each at equal distances.
    """
    totals: dict[str, int] = {}
    for info in list_sources():
        with contextlib.suppress(SourceUnavailableError):
            totals[info.name] = get_source(info.name).count()
    shares = dict.fromkeys(totals, 0)
    left = min(count, sum(totals.values()))
    while left:
        hungry = [name for name in totals if shares[name] < totals[name]]
        for name in hungry[:left]:
            more = min(max(left // len(hungry), 1), totals[name] - shares[name])
            shares[name] += more
        left = min(count, sum(totals.values())) - sum(shares.values())
    for turn in range(max(shares.values(), default=0)):
        for name, share in shares.items():
            if turn >= share:
                continue
            position = turn * totals[name] // share
            for row in get_source(name).rows(position, position + 1):
                if isinstance(row.code, str) and row.language and row.rejection is None:
                    yield Mixed(name, position, row.language, row.code)
