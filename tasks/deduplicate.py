"""Deduplicate, over all shards at once: exact code before rendering, pictures after it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from prefect import task

from storage.schemas import DUPLICATE_SCHEMA
from tasks.stage import StageName, StageTables, split_rejected
from tasks.whole import read_columns, run_whole_stage
from vincicoder.dedup import (
    Candidate,
    Duplicate,
    ImageSignatures,
    NearImageLimits,
    exact_duplicates,
    near_image_duplicates,
)
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

CODE_STAGE = StageName("dedup_code", 1)
IMAGE_STAGE = StageName("dedup_image", 1)

_REASONS = {
    "same_row": Reason.DEDUP_SAME_ROW,
    "exact_code": Reason.DEDUP_EXACT_CODE,
    "exact_image": Reason.DEDUP_EXACT_IMAGE,
    "near_image": Reason.DEDUP_NEAR_IMAGE,
}

# A removal as it is remembered: [row in the shard, kept id, kind, distance].
Removal = list[Any]


@task(**CODE_STAGE.whole_task)
def deduplicate_code(home: Home, previous: Sequence[StageOutput]) -> list[StageOutput]:
    """Remove rows whose code another row has to the letter, so that nothing is rendered twice."""

    def decide() -> list[list[Removal]]:
        table = read_columns(
            home, previous, ["sample_id", "language", "code_sha256", "code", "source", "source_id"]
        )
        digests = [f"{language}:{digest}" for language, digest in _rows(table, "language", "code_sha256")]
        removals = exact_duplicates(_candidates(table, digests), "exact_code")
        return _by_shard(table, removals, len(previous))

    return run_whole_stage(
        home, CODE_STAGE, previous=previous, parameters={}, decide=decide, apply=_apply_code
    )


@task(**IMAGE_STAGE.whole_task)
def deduplicate_images(
    home: Home, previous: Sequence[StageOutput], limits: NearImageLimits
) -> list[StageOutput]:
    """Remove rows whose picture another row has, by the pixel or nearly so."""

    def decide() -> list[list[Removal]]:
        columns = ["sample_id", "pixels_sha256", "code", "source", "source_id", "phash", "thumbnail"]
        table = read_columns(home, previous, columns)
        exact = exact_duplicates(_candidates(table, table["pixels_sha256"].to_pylist()), "exact_image")
        gone = {removal.removed_id for removal in exact}
        near = near_image_duplicates(_signatures(table, gone), limits)
        return _by_shard(table, [*exact, *near], len(previous))

    return run_whole_stage(
        home, IMAGE_STAGE, previous=previous, parameters=asdict(limits), decide=decide, apply=_apply_images
    )


def _rows(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def _candidates(table: pa.Table, digests: list[str]) -> list[Candidate]:
    fields = _rows(table, "sample_id", "code_characters", "source", "source_id")
    return [
        Candidate(sample_id, digest, characters, source, source_id)
        for (sample_id, characters, source, source_id), digest in zip(fields, digests, strict=True)
    ]


def _signatures(table: pa.Table, gone: set[str]) -> ImageSignatures:
    """Signatures of the rows still here, ordered by preference: the earlier of a pair stays."""
    candidates = _candidates(table, table["pixels_sha256"].to_pylist())
    order = sorted(
        (row for row, candidate in enumerate(candidates) if candidate.sample_id not in gone),
        key=lambda row: candidates[row].preference,
    )
    picked = table.take(pa.array(order, pa.int64()))
    thumbnails = np.frombuffer(b"".join(picked["thumbnail"].to_pylist()), np.uint8)
    return ImageSignatures(
        sample_ids=picked["sample_id"].to_pylist(),
        phashes=picked["phash"].to_numpy(),
        thumbnails=thumbnails.reshape(len(order), -1) if order else thumbnails.reshape(0, 768),
    )


def _by_shard(table: pa.Table, removals: Sequence[Duplicate], shards: int) -> list[list[Removal]]:
    """Sort removals by the shard they hit. Of rows with one id and one code the first stays."""
    by_id = {removal.removed_id: removal for removal in removals}
    decisions: list[list[Removal]] = [[] for _ in range(shards)]
    seen: set[str] = set()
    for sample_id, shard, row in _rows(table, "sample_id", "shard", "row"):
        removal = by_id.get(sample_id)
        if removal is not None and removal.kept_id != sample_id:
            decisions[shard].append([row, removal.kept_id, removal.kind, removal.distance])
        elif sample_id in seen:
            decisions[shard].append([row, sample_id, "same_row", 0])
        seen.add(sample_id)
    return decisions


def _apply_code(table: pa.Table, decision: list[Removal]) -> StageTables:
    return _apply(CODE_STAGE, table, decision)


def _apply_images(table: pa.Table, decision: list[Removal]) -> StageTables:
    return _apply(IMAGE_STAGE, table, decision)


def _apply(stage: StageName, table: pa.Table, decision: list[Removal]) -> StageTables:
    rejections = {
        row: Rejection(_REASONS[kind], f"kept: {kept_id}" + (f", {distance} bits apart" if distance else ""))
        for row, kept_id, kind, distance in decision
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
            for row, kept_id, kind, distance in sorted(decision)
        ],
        DUPLICATE_SCHEMA,
    )
    return StageTables(parted.kept, parted.rejected, {"duplicates": duplicates})
