"""Real samples of a language, spread evenly over the corpora on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.registry import get_source, list_sources

_NEIGHBOURS = 5


def pick_typical(language: str, count: int, domain: str = "") -> list[str]:
    """Return up to `count` programs: runs of five neighbours, at equal distances in all corpora end to end.

    So every program has the same chance, a corpus of ten weighs little, and what neighbours share, such as a
    preamble, is shared: what a build meets. `domain` narrows the sources. What is picked depends on the
    corpora alone, of which those not here are left out.
    """
    totals = dict(_sources_here(language, domain))
    in_all, runs = sum(totals.values()), -(-count // _NEIGHBOURS)
    chosen: list[str] = []
    for number in range(runs):
        position = (2 * number + 1) * in_all // (2 * runs)
        for name, total in totals.items():
            if position < total:
                rows = get_source(name).rows(position, min(position + _NEIGHBOURS, total))
                chosen += [row.code for row in rows if row.language == language and isinstance(row.code, str)]
                break
            position -= total
    return chosen[:count]


def _sources_here(language: str, domain: str) -> Iterator[tuple[str, int]]:
    """Yield name and number of programs of each source of the language whose corpus is here."""
    for info in list_sources():
        if language in info.languages and domain in ("", info.domain):
            with contextlib.suppress(SourceUnavailableError):
                yield info.name, get_source(info.name).count()


def pick_samples(language: str, count: int, domain: str = "") -> list[str]:
    """Return up to `count` programs, as many of every source of the language, at equal distances in each.

    For variety: see `pick_typical` for what is typical, and for `domain`.
    """
    pools: list[list[str]] = []
    for name, total in _sources_here(language, domain):
        source = get_source(name)
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
