"""Read a benchmark: its items, by shards."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
from prefect import task

from storage.evaluation import ITEM_SCHEMA
from storage.release import read_manifest
from storage.release_facts import data_files, resolve_version
from tasks.evaluation.rows import all_kept
from tasks.stage import StageName, run_stage
from vincicoder.evaluate.benchmarks.validation import validation_items
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.evaluate.item import BenchmarkItem

STAGE = StageName("benchmark_items", 1)
VALIDATION = "validation"


class UnknownBenchmarkError(UserError):
    """No benchmark of this name can be evaluated, or it has no items."""


@task(**STAGE.whole_task)
def read_benchmark(
    home: Home, benchmark: str, release: str, limit: int | None, shard_rows: int
) -> list[StageOutput]:
    """Write the items of a benchmark as shards, and return those. `release` is for the validation split.

    Raises `UnknownBenchmarkError`, `ReleaseNotFoundError`.
    """
    if benchmark != VALIDATION:
        raise UnknownBenchmarkError(f"received benchmark {benchmark!r}; known is {VALIDATION}")
    version = resolve_version(home, "sft", release)
    manifest = read_manifest(home, "sft", version)
    assert manifest is not None, "resolve_version has seen it"
    parameters = {
        "benchmark": benchmark,
        "version": version,
        "files": [[file.path, file.sha256] for file in manifest.data_files if VALIDATION in file.path],
        "limit": limit,
        "shard_rows": shard_rows,
    }
    items = islice(validation_items(data_files(home, "sft", version, VALIDATION)), limit)
    outputs = []
    for number, shard in enumerate(_shards(items, shard_rows)):
        table = _table(shard)
        outputs.append(
            run_stage(
                home,
                STAGE,
                source=benchmark,
                shard=number,
                parameters={**parameters, "shard": number},
                inputs=[],
                rows_in=len(shard),
                compute=lambda _key, table=table: all_kept(table),  # type: ignore[misc]
            )
        )
    if not outputs:
        raise UnknownBenchmarkError(
            f"benchmark {benchmark}: release {version} has no rows in its validation split. Build one whose "
            "recipe holds some back (validation_percent), or of more rows"
        )
    return outputs


def _shards(items: Iterable[BenchmarkItem], rows: int) -> Iterator[list[BenchmarkItem]]:
    left = iter(items)
    while shard := list(islice(left, rows)):
        yield shard


def _table(shard: list[BenchmarkItem]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "item_id": item.item_id,
                "language": item.language,
                "domain": item.domain,
                "group": item.group,
                "instruction": item.instruction,
                "reference_code": item.code,
                "item_image": item.image,
            }
            for item in shard
        ],
        ITEM_SCHEMA,
    )
