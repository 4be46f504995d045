"""What the dataset card says of a release, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.catalog import SourceEntry


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """What one stage did over the whole build."""

    stage: str
    rows_in: int
    rows_kept: int
    rows_rejected: int
    reasons: Mapping[str, int]
    rows_made: int = 0


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """Rows that a quota of the recipe wanted (None: all there are), found and took."""

    name: str
    wanted: int | None
    available: int
    taken: int


@dataclass(frozen=True, slots=True)
class TaskRows:
    """Rows of one kind by task: direct ones, and the refinement rows made from some of them."""

    direct: int
    refine: int


@dataclass(frozen=True, slots=True)
class LengthRow:
    """How long one measure (characters, tokens, image_width, image_height) is in a domain's direct rows."""

    domain: str
    measure: str
    least: int
    median: int
    p95: int
    most: int


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that the card says. `duplicates` counts the rows removed as duplicates, by kind."""

    version: str
    rows_by_split: Mapping[str, int]
    rows_by_domain: Mapping[str, TaskRows]
    rows_by_license: Mapping[str, TaskRows]
    rows_by_language: Mapping[str, TaskRows]
    rows_by_stack: Mapping[str, TaskRows]
    rows_by_chart_type: Mapping[str, TaskRows]
    rows_by_flaw_maker: Mapping[str, int]
    recipe: str
    composition: Sequence[QuotaRow]
    funnel: Sequence[FunnelRow]
    sources: Sequence[SourceEntry]
    benchmarks: Sequence[Mapping[str, Any]]  # rows of `storage.schemas.BENCHMARK_SCHEMA`
    thresholds: Sequence[Mapping[str, Any]]  # rows of `storage.schemas.THRESHOLDS_SCHEMA`
    lengths: Sequence[LengthRow]
    duplicates: Mapping[str, int]
    data_bytes: int
    pictures: Sequence[str]
