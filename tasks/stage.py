"""What every stage task shares: reading a shard, writing its output once, and when to retry."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from storage.errors import why_unwritable
from storage.outputs import find_output, output_key, read_output, write_output
from storage.schemas import REJECT_SCHEMA
from vincicoder.error_class import error_class
from vincicoder.sample import InfrastructureError, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.sample import Rejection

logger = logging.getLogger("vincicoder")

SAMPLE_COLUMNS = list(Sample.__dataclass_fields__)

# How every stage task is run by Prefect. Results are our own files, so Prefect keeps none.
TASK_OPTIONS: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": [2, 10],
    "retry_condition_fn": lambda _task, _run, state: is_retryable(_exception_of(state)),
    "persist_result": False,
    "cache_policy": None,
}


@dataclass(frozen=True, slots=True)
class StageTables:
    """What a stage makes of one shard: rows kept, rows rejected, and any further tables.

    `rows_made` counts rows among them that the stage added to those it was given. `places` are the outputs,
    by `stage/key`, that hold renders which the rows point to.
    """

    kept: pa.Table
    rejected: pa.Table
    extra: Mapping[str, pa.Table] = field(default_factory=dict)
    rows_made: int = 0
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StageName:
    """A stage's name and version; a new version makes all its outputs again."""

    name: str
    version: int

    @property
    def shard_task(self) -> dict[str, Any]:
        """Prefect's options for the task of one shard: its runs are named `render openclipart 0003`."""
        return {"name": self.name, "task_run_name": f"{self.name} {{source}} {{shard:04d}}", **TASK_OPTIONS}

    @property
    def whole_task(self) -> dict[str, Any]:
        """Prefect's options for a task over all shards."""
        return {"name": self.name, "task_run_name": self.name, **TASK_OPTIONS}

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


class BuildStoppedError(Exception):
    """The build is ending: this task starts nothing more."""


def is_retryable(error: BaseException | None) -> bool:
    """Only failures of the machinery are worth another try; a bug fails the same way again, and so does a
    write to a disk that is full or read-only."""
    return isinstance(error, InfrastructureError | OSError) and why_unwritable(error) is None


def _exception_of(state: Any) -> BaseException | None:
    result = state.result(raise_on_failure=False)
    return result if isinstance(result, BaseException) else None


def run_stage(
    home: Home,
    stage: StageName,
    *,
    source: str,
    shard: int,
    parameters: Mapping[str, Any],
    inputs: Sequence[StageOutput],
    rows_in: int,
    compute: Callable[[str], StageTables],
) -> StageOutput:
    """Return the stage's output on one shard, computing it only where it does not exist yet.

    `compute` is given the output's key.
    """
    keys = [output.key for output in inputs]
    key = output_key(stage.name, stage.version, parameters, keys)
    stop_if_asked(home)
    existing = find_output(home, stage.name, key)
    # A marker of an earlier version does not say what it was made from: not from what was made again since.
    if existing is not None and all(existing.format >= output.format for output in inputs):
        return existing
    started = time.perf_counter()
    tables = compute(key)
    stop_if_asked(home)  # what a build that is ending ends may look like the samples' fault
    output = write_output(
        home,
        stage=stage.name,
        version=stage.version,
        parameters=parameters,
        inputs=keys,
        source=source,
        shard=shard,
        rows_in=rows_in,
        seconds=time.perf_counter() - started,
        kept=tables.kept,
        rejected=tables.rejected,
        extra=tables.extra,
        rows_made=tables.rows_made,
        made_from={
            **{output.name: output.content for output in inputs},
            **{name: _content_of(home, name) for name in sorted(tables.places)},
        },
    )
    logger.debug(
        "%s %s %04d: %d in, %d kept, %d rejected, %.1f s",
        stage.name,
        source,
        shard,
        output.rows_in,
        output.rows_kept,
        output.rows_rejected,
        output.seconds,
    )
    return output


def stop_if_asked(home: Home) -> None:
    """Raise `BuildStoppedError` when the build that opened this home is ending."""
    if home.stopping.is_set():
        raise BuildStoppedError("the build was stopped")


@contextmanager
def tasks_end_with_the_build(home: Home) -> Iterator[None]:
    """Let tasks that still wait or run start nothing more when the build ends by an error or Ctrl-C."""
    try:
        yield
    except BaseException:
        home.stopping.set()
        raise


def _content_of(home: Home, name: str) -> str:
    stage, _, key = name.partition("/")
    output = find_output(home, stage, key)
    if output is None:
        raise InfrastructureError(f"the renders of {name} were there and are gone: try again")
    return output.content


def samples_of(table: pa.Table) -> list[Sample]:
    """Return the rows of a shard as samples."""
    columns = [table[name].to_pylist() for name in SAMPLE_COLUMNS]
    return [Sample(*values) for values in zip(*columns, strict=True)]


def split_rejected(
    stage: StageName,
    table: pa.Table,
    rejections: Mapping[int, Rejection],
    seconds: Mapping[int, float] | None = None,
) -> StageTables:
    """Part a shard into kept and rejected rows. `rejections` maps row numbers to reasons."""
    order = sorted(rejections)
    kept_rows = [row for row in range(table.num_rows) if row not in rejections]
    kept = table.take(pa.array(kept_rows, pa.int64()))
    rejected = table.select(SAMPLE_COLUMNS).take(pa.array(order, pa.int64()))
    why = [rejections[row] for row in order]
    for name, values, kind in (
        ("stage", [stage.name] * len(order), pa.string()),
        ("reason", [one.reason.value for one in why], pa.string()),
        ("detail", [one.detail for one in why], pa.string()),
        ("value", [one.value for one in why], pa.float64()),
        ("bound", [one.bound for one in why], pa.float64()),
        ("error_class", [error_class(one.reason, one.detail) for one in why], pa.string()),
        ("render_seconds", [(seconds or {}).get(row) for row in order], pa.float32()),
    ):
        rejected = rejected.append_column(name, pa.array(values, kind))
    return StageTables(kept, rejected.cast(REJECT_SCHEMA))


def read_shard(home: Home, output: StageOutput) -> pa.Table:
    return read_output(home, output)
