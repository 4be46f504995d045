"""Read a benchmark: its items, by shards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from prefect import task

from storage.evaluation import ITEM_SCHEMA
from storage.release import read_manifest
from storage.release_facts import data_files, resolve_version
from tasks.evaluation.rows import all_kept
from tasks.packed_data import packed_data
from tasks.stage import StageName, run_stage
from vincicoder.benchmarks import BENCHMARKS, LAYOUT_VERSION, BenchmarkError, choose_one, content_digest
from vincicoder.evaluate.published import published_items
from vincicoder.evaluate.validation import validation_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.evaluate.item import BenchmarkItem

STAGE = StageName("benchmark_items", 5)
VALIDATION = "validation"


@dataclass(frozen=True, slots=True)
class _Source:
    """Where items come from: a name for files, what decides them, and what to do where there are none."""

    name: str
    parameters: dict[str, Any]
    items: Iterable[BenchmarkItem]
    when_empty: str


@task(**STAGE.whole_task)
def read_benchmark(
    home: Home, benchmark: str, release: str, limit: int | None, shard_rows: int
) -> list[StageOutput]:
    """Write the items of a benchmark as shards, and return those. `benchmark` is `validation`, the split of
    `release`, or `NAME=PLACE` as for decontamination.

    Raises `BenchmarkError`, `ReleaseNotFoundError`.
    """
    source = _validation(home, release) if benchmark == VALIDATION else _published(benchmark)
    parameters = {**source.parameters, "limit": limit, "shard_rows": shard_rows}
    outputs = []
    for number, shard in enumerate(_shards(islice(source.items, limit), shard_rows)):
        table = _table(shard)
        outputs.append(
            run_stage(
                home,
                STAGE,
                source=source.name,
                shard=number,
                parameters={**parameters, "shard": number},
                inputs=[],
                rows_in=len(shard),
                compute=lambda _key, table=table: all_kept(table),  # type: ignore[misc]
            )
        )
    if not outputs:
        raise BenchmarkError(source.when_empty)
    return outputs


def benchmark_name(benchmark: str) -> str:
    """Return the name of a benchmark as runs and stages have it: `validation`, `chartmimic-direct_600`."""
    return VALIDATION if benchmark == VALIDATION else benchmark.partition("=")[0].strip().replace("/", "-")


def _validation(home: Home, release: str) -> _Source:
    version = resolve_version(home, "sft", release)
    manifest = read_manifest(home, "sft", version)
    assert manifest is not None, "resolve_version has seen it"
    files = [[file.path, file.sha256] for file in manifest.data_files if VALIDATION in file.path]
    return _Source(
        VALIDATION,
        {"benchmark": VALIDATION, "version": version, "files": files},
        validation_items(data_files(home, "sft", version, VALIDATION), packed_data),
        f"benchmark {VALIDATION}: release {version} has no rows in its validation split. Build one whose "
        "recipe holds some back (validation_percent), or of more rows",
    )


def _published(benchmark: str) -> _Source:
    if "=" not in benchmark:
        raise BenchmarkError(
            f"received benchmark {benchmark!r}; give {VALIDATION}, or NAME=FOLDER, NAME=hub or NAME=hub:ID "
            f"with a name of {', '.join(sorted(BENCHMARKS))}"
        )
    chosen = choose_one(benchmark)
    parameters = {"benchmark": chosen.name, "content": content_digest(chosen), "layout": LAYOUT_VERSION}
    return _Source(
        benchmark_name(benchmark),
        parameters,
        published_items(chosen),
        f"benchmark {chosen.name} has no items",
    )


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
                "difficulty": item.difficulty,
                "chart_type": item.chart_type,
                "instruction": item.instruction,
                "reference_code": item.code,
                "item_image": item.image,
                "is_redrawn": item.is_redrawn,
                "shown_images": list(item.shown),
                "stack": item.stack,
                "data": item.data,
            }
            for item in shard
        ],
        ITEM_SCHEMA,
    )
