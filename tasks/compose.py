"""Compose: which rows the release holds, how each is asked for, and its side of the split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from prefect import task

from storage.schemas import COMPOSED_SCHEMA
from tasks.stage import StageName, StageTables, split_rejected
from tasks.whole import read_columns, run_whole_stage
from vincicoder.compose import Recipe, instruction_for, over_quota, split_of
from vincicoder.sample import Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.home import Home
    from storage.outputs import StageOutput

STAGE = StageName("compose", 1)


@task(**STAGE.whole_task)
def compose_rows(home: Home, previous: Sequence[StageOutput], recipe: Recipe) -> list[StageOutput]:
    """Apply a recipe's quotas over all shards; give every row that stays its instruction and split."""

    def decide() -> list[list[int]]:
        table = read_columns(home, previous, ["sample_id", "domain"])
        ids = table["sample_id"].to_pylist()
        surplus = over_quota(zip(ids, table["domain"].to_pylist(), strict=True), recipe)
        decisions: list[list[int]] = [[] for _ in previous]
        places = zip(table["shard"].to_pylist(), table["row"].to_pylist(), strict=True)
        for sample_id, (shard, row) in zip(ids, places, strict=True):
            if sample_id in surplus:
                decisions[shard].append(row)
        return decisions

    def apply(table: pa.Table, surplus_rows: list[int]) -> StageTables:
        domains = table["domain"].to_pylist()
        rejections = {
            row: Rejection(
                Reason.COMPOSE_OVER_QUOTA,
                _over_quota_detail(recipe, domains[row]),
            )
            for row in surplus_rows
        }
        seconds = {row: table["render_seconds"][row].as_py() for row in rejections}
        parted = split_rejected(STAGE, table, rejections, seconds)
        return StageTables(_composed(parted.kept, recipe), parted.rejected)

    return run_whole_stage(
        home, STAGE, previous=previous, parameters=recipe.model_dump(), decide=decide, apply=apply
    )


def _over_quota_detail(recipe: Recipe, domain: str) -> str:
    return f"recipe {recipe.name} takes {recipe.max_rows_per_domain[domain]} rows of {domain}"


def _composed(kept: pa.Table, recipe: Recipe) -> pa.Table:
    asked = zip(
        *(kept[name].to_pylist() for name in ("sample_id", "domain", "language", "task")), strict=True
    )
    instructions = [instruction_for(*fields) for fields in asked]
    splits = [split_of(digest, recipe) for digest in kept["pixels_sha256"].to_pylist()]
    table = kept.append_column("instruction", pa.array(instructions, pa.string()))
    return table.append_column("split", pa.array(splits, pa.string())).cast(COMPOSED_SCHEMA)
