"""Whether a published release may become the current one: its counts against those of the one that is."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from storage.manifest import ComparedCounts, ManifestError, SourceRows
from storage.release import current_version, make_current, read_manifest
from vincicoder.gate import ReleaseCounts, SourceCounts, find_losses

if TYPE_CHECKING:
    from storage.card_facts import CardFacts
    from storage.home import Home
    from vincicoder.gate import GateLimits

logger = logging.getLogger("vincicoder")


def compared_counts(facts: CardFacts) -> ComparedCounts:
    """Return what later releases are compared with, for the manifest."""
    reasons: Counter[str] = Counter()
    for row in facts.funnel:
        reasons.update(row.reasons)
    sources = {
        s.name: SourceRows(collected=s.collected, direct=s.released, refine=s.refined) for s in facts.sources
    }
    domains = {name: rows.direct for name, rows in facts.rows_by_domain.items()}
    return ComparedCounts(sources=sources, domains=domains, reasons=dict(reasons))


def pass_gate(home: Home, version: str, gate: GateLimits | None) -> list[str]:
    """Make a release the current one, or return in words what it lost; None lets every release pass."""
    losses = [] if gate is None else _losses(home, version, gate)
    if not losses:
        make_current(home, "sft", version)
    return losses


def _losses(home: Home, version: str, gate: GateLimits) -> list[str]:
    current = current_version(home, "sft")
    before = _read_counts(home, current) if current not in (None, version) else None
    now = _read_counts(home, version)
    if current not in (None, version) and before is None:
        logger.warning("release %s keeps no counts, so nothing is compared with it", current)
    return [] if before is None or now is None else find_losses(before, now, gate)


def _read_counts(home: Home, version: str | None) -> ReleaseCounts | None:
    try:
        manifest = read_manifest(home, "sft", version) if version else None
    except ManifestError as error:
        logger.warning("nothing can be compared with release %s: %s", version, error)
        return None
    if manifest is None or manifest.counts is None:
        return None
    sources = {
        name: SourceCounts(rows.collected, rows.direct, rows.refine)
        for name, rows in manifest.counts.sources.items()
    }
    return ReleaseCounts(sources, manifest.counts.domains, manifest.counts.reasons)
