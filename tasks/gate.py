"""Decides whether a published release may become the current one, by comparing their counts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from storage.manifest import ManifestError
from storage.release import current_version, make_current, read_manifest
from vincicoder.gate import ReleaseCounts, SourceCounts, find_losses

if TYPE_CHECKING:
    from storage.home import Home
    from storage.manifest import Kind
    from vincicoder.gate import GateLimits

logger = logging.getLogger("vincicoder")


def pass_gate(home: Home, kind: Kind, version: str, gate: GateLimits | None) -> list[str]:
    """Make a release the current one, or return in words what it lost; None lets every release pass."""
    losses = [] if gate is None else _losses(home, kind, version, gate)
    if not losses:
        make_current(home, kind, version)
    return losses


def _losses(home: Home, kind: Kind, version: str, gate: GateLimits) -> list[str]:
    current = current_version(home, kind)
    before = _read_counts(home, kind, current) if current not in (None, version) else None
    now = _read_counts(home, kind, version)
    if current not in (None, version) and before is None:
        logger.warning("release %s keeps no counts, so nothing is compared with it", current)
    return [] if before is None or now is None else find_losses(before, now, gate)


def _read_counts(home: Home, kind: Kind, version: str | None) -> ReleaseCounts | None:
    try:
        manifest = read_manifest(home, kind, version) if version else None
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
