"""Real samples of a language, spread evenly over the corpora on this machine."""

from __future__ import annotations

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
