"""What a build will read: its sources, cut into shards, before any work starts."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.catalog import SourceEntry
from tasks.sft.collect import CollectShard
from vincicoder.sources.base import SourceUnavailableError, left_out
from vincicoder.sources.counts import row_count
from vincicoder.sources.hub.registry import parse_source
from vincicoder.sources.own.source_config import SourceConfigError, load_source_config
from vincicoder.sources.profiles import Selection, get_profile, plan
from vincicoder.sources.registry import get_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vincicoder.config import BuildConfig
    from vincicoder.sources.base import Source

logger = logging.getLogger("vincicoder")


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """The shards to collect, in order, and every source with what is known of it."""

    shards: list[tuple[Source, int, CollectShard]]
    sources: list[SourceEntry]

    @property
    def rows(self) -> int:
        return sum(len(part.positions) for _, _, part in self.shards)

    @property
    def languages(self) -> list[str]:
        """The languages that rows may be in."""
        return sorted({str(language) for source, _, _ in self.shards for language in source.info.languages})


def plan_build(config: BuildConfig) -> BuildPlan:
    """Look at all sources of the configuration and cut them into shards.

    A source that is not on this machine is left out with a warning, or, with `strict`, is an error.
    Raises `SourceUnavailableError` when nothing is left, or under `strict`.
    """
    found, entries = _available(get_profile(config.profile), config.strict) if config.profile else ([], [])
    named: list[Source] = [source for text in config.sources for source in parse_source(text)]
    named += [source for path in config.source_configs for source in load_source_config(path)]
    own = {source.info.name: source for source in named}
    if len(own) < len(named):
        listed = ", ".join(sorted(source.info.name for source in named))
        raise SourceConfigError(f"sources must have different names, received {listed}")
    planned = plan(
        [*found, *(Selection(name) for name in own)],
        config.limit,
        lambda name: own[name] if name in own else get_source(name),
    )
    shards: list[tuple[Source, int, CollectShard]] = []
    for source, positions in planned:
        notes = left_out(source)
        for line in notes:
            logger.warning("source %s: %s", source.info.name, line)
        entries.append(_describe(source, source.revision(), "; ".join(notes), available=True))
        for number, first in enumerate(range(0, len(positions), config.shard_rows)):
            shards.append((source, number, CollectShard(positions[first : first + config.shard_rows])))
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names):
        raise SourceConfigError(f"sources must have different names, received {', '.join(sorted(names))}")
    if not shards:
        listed = "; ".join(f"{entry.name}: {entry.note or 'no rows'}" for entry in entries)
        raise SourceUnavailableError(f"no source has any rows here ({listed or 'no source was named'})")
    return BuildPlan(shards, entries)


def _available(selections: Sequence[Selection], strict: bool) -> tuple[list[Selection], list[SourceEntry]]:
    """Part a profile's selections from those whose corpus is not on this machine."""
    found: list[Selection] = []
    missing: list[SourceEntry] = []
    for selection in selections:
        source = get_source(selection.source)
        try:
            row_count(source)
        except SourceUnavailableError as error:
            if strict:
                raise
            logger.warning("source %s is left out: %s", selection.source, error)
            missing.append(_describe(source, "", str(error), available=False))
        else:
            found.append(selection)
    return found, missing


def _describe(source: Source, revision: str, note: str, *, available: bool) -> SourceEntry:
    info = source.info
    return SourceEntry(
        name=info.name,
        domain=info.domain,
        languages=info.languages,
        license=info.license,
        origin=info.origin,
        citation=info.citation,
        revision=revision,
        available=available,
        note=note,
    )
