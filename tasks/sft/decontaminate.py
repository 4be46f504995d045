"""Decontaminate: index the configured benchmarks, then reject every row that matches one of their items."""

from __future__ import annotations

import logging
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from prefect import task

from storage.outputs import find_output, output_key, read_output, write_output
from storage.schemas import REJECT_SCHEMA
from tasks.sft.dedup_rows import signatures_of
from tasks.stage import TASK_OPTIONS, StageName, StageTables, read_shard, run_stage, split_rejected
from vincicoder.benchmarks import BENCHMARKS, LAYOUT_VERSION, content_digest, read_items
from vincicoder.decontaminate import BenchmarkIndex, SignedRow, index_items
from vincicoder.dedup.minhash import SIGNATURE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.benchmarks import ChosenBenchmark
    from vincicoder.decontaminate import DecontaminationLimits
    from vincicoder.sample import Rejection

INDEX_STAGE = StageName("index_benchmark", 3)
STAGE = StageName("decontaminate", 2)

# Rows compared at a time.
_BATCH_ROWS = 256

logger = logging.getLogger("vincicoder")


@task(name=INDEX_STAGE.name, task_run_name=f"{INDEX_STAGE.name} {{source}}", **TASK_OPTIONS)
def index_benchmark(home: Home, source: str, shard: int, chosen: ChosenBenchmark) -> StageOutput:
    """Index one benchmark's items. The output stands beside the pipeline; no sample passes through it.

    Raises `BenchmarkError` when it cannot be read.
    """
    parameters = {
        "content": content_digest(chosen),
        "layout": LAYOUT_VERSION,
        "signatures": SIGNATURE_VERSION,
        "python": platform.python_version(),
    }
    existing = find_output(home, INDEX_STAGE.name, _index_key(parameters))
    if existing is not None:
        return existing
    table = index_items(chosen.benchmark.name, read_items(chosen))
    logger.info("benchmark %s: %d items", source, table.num_rows)
    return write_output(
        home,
        stage=INDEX_STAGE.name,
        version=INDEX_STAGE.version,
        parameters=parameters,
        inputs=[],
        source=source,
        shard=shard,
        rows_in=table.num_rows,
        seconds=0.0,
        kept=table,
        rejected=REJECT_SCHEMA.empty_table(),
    )


def _index_key(parameters: dict[str, Any]) -> str:
    return output_key(INDEX_STAGE.name, INDEX_STAGE.version, parameters, [])


@task(**STAGE.shard_task)
def decontaminate_shard(
    home: Home,
    source: str,
    shard: int,
    previous: StageOutput,
    signatures: StageOutput,
    benchmarks: Sequence[StageOutput],
    limits: DecontaminationLimits,
) -> StageOutput:
    """Reject the rows of a shard that are like an item of a benchmark; with no benchmark, none."""

    def compute(_key: str) -> StageTables:
        table = read_shard(home, previous)
        rejections: dict[int, Rejection] = {}
        if benchmarks and table.num_rows:
            index = _index(home, tuple(output.key for output in benchmarks), benchmarks)
            for first, rows in _signed_rows(home, table, previous, signatures):
                for number, leak in index.find(rows, limits).items():
                    rejections[first + number] = leak.rejection(limits)
        seconds = {row: table["render_seconds"][row].as_py() for row in rejections}
        return split_rejected(STAGE, table, rejections, seconds)

    return run_stage(
        home,
        STAGE,
        source=source,
        shard=shard,
        parameters=asdict(limits) if benchmarks else {},
        inputs=[previous, *benchmarks],
        rows_in=previous.rows_kept,
        compute=compute,
    )


def benchmark_rows(home: Home, benchmarks: Sequence[StageOutput]) -> list[dict[str, Any]]:
    """Say of every benchmark we know whether it was checked, as rows of `BENCHMARK_SCHEMA`."""
    rows = {
        name: {"name": name, "checked": False, "items": 0, "with_code": 0, "with_picture": 0}
        for name in sorted(BENCHMARKS)
    }
    for output in benchmarks:
        table = read_output(home, output, columns=["normal_sha256", "phash"])
        rows[output.source] = {
            "name": output.source,
            "checked": True,
            "items": table.num_rows,
            "with_code": table.num_rows - table["normal_sha256"].null_count,
            "with_picture": table.num_rows - table["phash"].null_count,
        }
    return list(rows.values())


# One index serves all shards of a build: the keys name its content.
_CACHED: dict[tuple[str, ...], BenchmarkIndex] = {}


def _index(home: Home, keys: tuple[str, ...], benchmarks: Sequence[StageOutput]) -> BenchmarkIndex:
    if keys not in _CACHED:
        _CACHED.clear()
        _CACHED[keys] = BenchmarkIndex([read_output(home, output) for output in benchmarks])
    return _CACHED[keys]


def _signed_rows(
    home: Home, table: pa.Table, previous: StageOutput, signatures: StageOutput
) -> Iterator[tuple[int, list[SignedRow]]]:
    columns = ["normal_sha256", "code_minhash", "unnamed_minhash"]
    signed = signatures_of(home, previous, signatures, columns)
    for first in range(0, table.num_rows, _BATCH_ROWS):
        rows = table.slice(first, _BATCH_ROWS)
        codes = signed.slice(first, _BATCH_ROWS)
        fields = zip(
            *(rows[name].to_pylist() for name in ("code", "language", "phash", "thumbnail")),
            *(codes[name].to_pylist() for name in columns),
            strict=True,
        )
        yield first, [_signed_row(*values) for values in fields]


def _signed_row(
    code: str, language: str, phash: int, thumbnail: bytes, digest: str, minhash: bytes, unnamed: bytes
) -> SignedRow:
    return SignedRow(
        code,
        language,
        digest,
        np.frombuffer(minhash, np.uint16),
        np.frombuffer(unnamed, np.uint16),
        phash,
        np.frombuffer(thumbnail, np.uint8),
    )
