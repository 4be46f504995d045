"""Deduplicate, over all shards at once: exact code before rendering, near code and pictures after it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from prefect import task

from storage.schemas import DEDUP_FIELDS, DUPLICATE_SCHEMA
from tasks.sft.dedup_rows import SignedRows, read_signed_rows, true_similarity, with_code_length
from tasks.sft.whole import run_whole_stage
from tasks.stage import StageName, StageTables, split_rejected
from vincicoder.dedup import (
    DuplicateLimits,
    Found,
    Kind,
    exact_duplicates,
    find_duplicates,
    group_numbers,
    preference_order,
)
from vincicoder.dedup.keepers import REMOVED
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

CODE_STAGE = StageName("dedup_code", 3)
STAGE = StageName("dedup", 3)

_REASONS = {
    "same_row": Reason.DEDUP_SAME_ROW,
    "exact_code": Reason.DEDUP_EXACT_CODE,
    "exact_image": Reason.DEDUP_EXACT_IMAGE,
    "near_image": Reason.DEDUP_NEAR_IMAGE,
    "near_code": Reason.DEDUP_NEAR_CODE,
    "same_template": Reason.DEDUP_SAME_TEMPLATE,
}
_UNIT = {"near_image": "bits", "near_code": "percent", "same_template": "percent"}

# A removal as it is remembered: [row in the shard, kept id, kind, distance, bound (null where none decided)].
Removal = list[Any]


@task(**CODE_STAGE.whole_task)
def deduplicate_code(
    home: Home, previous: Sequence[StageOutput], signatures: Sequence[StageOutput]
) -> list[StageOutput]:
    """Remove rows whose code another row has, but for layout and comments: nothing is rendered twice."""

    def decide() -> list[list[Removal]]:
        table = with_code_length(
            home, previous, signatures, ["sample_id", "source", "source_id"], ["normal_sha256"]
        )
        table = table.take(pa.array(preference_order(table)))
        removed, kept = exact_duplicates(group_numbers(table["normal_sha256"]))
        ids = table["sample_id"]
        shards, rows = table["shard"].to_numpy(), table["row"].to_numpy()
        decisions: list[list[Removal]] = [[] for _ in previous]
        for row, keeper in zip(removed.tolist(), kept.tolist(), strict=True):
            kept_id = ids[keeper].as_py()
            kind = "same_row" if ids[row].as_py() == kept_id else "exact_code"
            decisions[shards[row]].append([int(rows[row]), kept_id, kind, 0, None])
        return [sorted(decision) for decision in decisions]

    return run_whole_stage(
        home,
        CODE_STAGE,
        previous=previous,
        parameters={},
        decide=decide,
        apply=_apply_code,
        also_read=signatures,
    )


@task(**STAGE.whole_task)
def deduplicate(
    home: Home,
    previous: Sequence[StageOutput],
    signatures: Sequence[StageOutput],
    limits: DuplicateLimits,
) -> list[StageOutput]:
    """Remove near duplicates of every kind in one decision; name the cluster of each row that stays."""

    def decide() -> list[dict[str, Any]]:
        rows = read_signed_rows(home, previous, signatures)
        found = find_duplicates(rows.signed, limits, true_similarity(home, previous, rows))
        return _by_shard(rows, found, len(previous), _bounds(limits))

    return run_whole_stage(
        home,
        STAGE,
        previous=previous,
        parameters=asdict(limits),
        decide=decide,
        apply=_apply,
        also_read=signatures,
    )


def _bounds(limits: DuplicateLimits) -> dict[str, float]:
    """The largest distance of each kind of duplicate, in its unit."""
    return {
        "near_image": limits.image.radius,
        "near_code": round(100 * (1 - limits.code.jaccard), 6),
        "same_template": round(100 * (1 - limits.template.jaccard), 6),
    }


def _by_shard(
    rows: SignedRows, found: Found, shards: int, bounds: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Sort removals, and the clusters of more than their first row, by the shard they hit."""
    decisions: list[dict[str, Any]] = [{"removed": [], "clusters": []} for _ in range(shards)]
    state = found.decisions.state
    for row in np.flatnonzero(state == REMOVED).tolist():
        kind = Kind(int(found.decisions.kind[row])).name.lower()
        keeper = rows.sample_id(int(found.decisions.keeper[row]))
        removal = [
            int(rows.row[row]),
            keeper,
            kind,
            int(found.decisions.distance[row]),
            bounds.get(kind),
        ]
        decisions[rows.shard[row]]["removed"].append(removal)
    joined = (state != REMOVED) & (found.clusters != np.arange(len(state)))
    for row in np.flatnonzero(joined).tolist():
        cluster = [int(rows.row[row]), rows.sample_id(int(found.clusters[row]))]
        decisions[rows.shard[row]]["clusters"].append(cluster)
    return [{name: sorted(part) for name, part in decision.items()} for decision in decisions]


def _apply_code(table: pa.Table, decision: list[Removal]) -> StageTables:
    return _remove(CODE_STAGE, table, decision)


def _apply(table: pa.Table, decision: dict[str, Any]) -> StageTables:
    clusters = table["sample_id"].to_pylist()
    for row, cluster in decision["clusters"]:
        clusters[row] = cluster
    table = table.append_column(DEDUP_FIELDS[0], pa.array(clusters, pa.string()))
    return _remove(STAGE, table, decision["removed"])


def _remove(stage: StageName, table: pa.Table, decision: list[Removal]) -> StageTables:
    rejections = {
        row: Rejection(
            _REASONS[kind],
            f"kept: {kept_id}" + (f", {distance} {_UNIT[kind]} apart" if distance else ""),
            None if bound is None else distance,
            bound,
        )
        for row, kept_id, kind, distance, bound in decision
    }
    seconds = (
        {row: table["render_seconds"][row].as_py() for row in rejections}
        if "render_seconds" in table.column_names
        else {}
    )
    parted = split_rejected(stage, table, rejections, seconds)
    ids = table["sample_id"].to_pylist()
    duplicates = pa.Table.from_pylist(
        [
            {"removed_id": ids[row], "kept_id": kept_id, "kind": kind, "distance": distance}
            for row, kept_id, kind, distance, _ in sorted(decision)
        ],
        DUPLICATE_SCHEMA,
    )
    return StageTables(parted.kept, parted.rejected, {"duplicates": duplicates})
