"""Clean: code-side filters over one shard."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pyarrow as pa
from prefect import task

from storage.schemas import CLEANED_SCHEMA
from tasks.stage import (
    StageName,
    StageTables,
    read_shard,
    run_stage,
    samples_of,
    split_rejected,
)
from vincicoder.clean import CleanLimits, clean_samples, versions
from vincicoder.clean.tokens import token_counter
from vincicoder.sample import code_sha256

if TYPE_CHECKING:
    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName("clean", 6)


@task(**STAGE.shard_task)
def clean_shard(
    home: Home, source: str, shard: int, previous: StageOutput, limits: CleanLimits
) -> StageOutput:
    """Clean the code of every row and count its tokens. Rejected rows keep the code as it was collected.

    The versions of Python, ruff and the tokenizer are parameters: they decide what passes.
    """
    parameters = {"limits": {**asdict(limits), "tokenizer": None}, "versions": dict(versions(limits))}

    def compute(_key: str) -> StageTables:
        table = read_shard(home, previous)
        listed = table["data_files"].to_pylist()
        brought = {
            row: frozenset(file["name"] for file in files) for row, files in enumerate(listed) if files
        }
        cleaned = clean_samples(samples_of(table), limits, brought=brought)
        rejections = {row: one.rejection for row, one in enumerate(cleaned) if one.rejection is not None}
        parted = split_rejected(STAGE, table, rejections)
        kept = [one for one in cleaned if one.rejection is None]
        collected = parted.kept["changes"].to_pylist()
        columns = {
            "code": pa.array([one.code for one in kept], pa.string()),
            "code_sha256": pa.array([code_sha256(one.code) for one in kept], pa.string()),
            "changes": pa.array(
                [[*before, *one.changes] for before, one in zip(collected, kept, strict=True)],
                pa.list_(pa.string()),
            ),
            "tokens": pa.array(token_counter(limits.tokenizer).count([one.code for one in kept]), pa.int32()),
        }
        arrays = [
            columns[name] if name in columns else parted.kept[name].combine_chunks()
            for name in CLEANED_SCHEMA.names
        ]
        return StageTables(pa.table(arrays, CLEANED_SCHEMA), parted.rejected)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters=parameters,
        inputs=[previous],
        rows_in=previous.rows_kept,
        compute=compute,
    )
