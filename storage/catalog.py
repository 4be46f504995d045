"""The catalogue of a release: everything but image bytes as native DuckDB tables.

docs/catalogue.md lists the tables and views, `columns.yaml` says what each column means. The file is one that
DuckDB 1.x reads as well as 2.x.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.ahead import read_outputs
from storage.catalog_views import add_comments, add_views, follow_duplicates
from storage.database import create_database
from storage.schemas import BENCHMARK_SCHEMA, DUPLICATE_SCHEMA, FLAW_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from storage.home import Home
    from storage.outputs import StageOutput

# As much of a rejected row's code as an auditor needs to see why; the whole is in the stage output.
REJECT_CODE_CHARACTERS = 2_000
_INSERT_BYTES = 32_000_000
# Of DuckDB while it writes: else it fills up to four fifths of the machine's memory with what it wrote.
_MEMORY = "1GB"
# Stages that note in `changes` what they change in a row's code; each adds to what the one before noted.
_CHANGING = ("collect", "clean")

_SOURCES_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("domain", pa.string()),
        ("languages", pa.list_(pa.string())),
        ("license", pa.string()),
        ("origin", pa.string()),
        ("citation", pa.string()),
        ("revision", pa.string()),
        ("available", pa.bool_()),
        ("note", pa.string()),
        ("collected", pa.int64()),
        ("released", pa.int64()),
        ("refined", pa.int64()),
    ]
)
_STAGES_SCHEMA = pa.schema(
    [
        ("stage", pa.string()),
        ("version", pa.int32()),
        ("position", pa.int32()),
        ("source", pa.string()),
        ("shard", pa.int32()),
        ("output_key", pa.string()),
        ("rows_in", pa.int64()),
        ("rows_kept", pa.int64()),
        ("rows_rejected", pa.int64()),
        ("rows_made", pa.int64()),
        ("seconds", pa.float64()),
        ("parameters", pa.string()),
    ]
)
_LINEAGE_SCHEMA = pa.schema([("output_key", pa.string()), ("input_key", pa.string())])
_TIMES_SCHEMA = pa.schema([("position", pa.int32()), ("stage", pa.string()), ("wall_seconds", pa.float64())])
_BUILD_SCHEMA = pa.schema(
    [
        ("version", pa.string()),
        ("flow_run", pa.string()),
        ("started_at", pa.timestamp("us", tz="UTC")),
        ("host", pa.string()),
        ("python", pa.string()),
        ("config", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """How a build ran: what is measured or of this machine, and so only in the catalogue.

    `stage_seconds` are wall seconds by step, in order; `config` is JSON.
    """

    flow_run: str
    started_at: datetime
    host: str
    python: str
    config: str
    stage_seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A row of the `sources` table. `revision` and counts are empty where it was not available.

    `released` counts direct rows, so it is at most `collected`; `refined` counts refinement rows.
    """

    name: str
    domain: str
    languages: tuple[str, ...]
    license: str
    origin: str
    citation: str
    revision: str
    available: bool
    note: str
    collected: int = 0
    released: int = 0
    refined: int = 0


def write_catalog(
    path: Path,
    home: Home,
    version: str,
    stages: Sequence[Sequence[StageOutput]],
    sources: Iterable[SourceEntry],
    benchmarks: Sequence[Mapping[str, Any]],
    thresholds: pa.Table,
    build: BuildFacts,
    data_folder: Path | None,
) -> None:
    """Write a new catalogue to a local path, one shard at a time.

    `stages` lists every stage's outputs in the order of the pipeline; the last stage's kept rows
    are the released ones. `data_folder` has the release's Parquet, None where it is on no local disk.
    """
    create_database(path)
    with duckdb.connect(str(path), config={"memory_limit": _MEMORY}) as database:
        database.begin()  # of one transaction, nothing is written twice
        _write_samples(database, home, stages[-1])
        _write_rejects(database, home, [output for outputs in stages for output in outputs])
        follow_duplicates(database)
        stage_rows = pa.Table.from_pylist(_stage_rows(stages), _STAGES_SCHEMA)
        _create(database, "stages", stage_rows, as_json=("parameters",))
        times = [
            {"position": position, "stage": stage, "wall_seconds": seconds}
            for position, (stage, seconds) in enumerate(build.stage_seconds.items())
        ]
        _create(database, "stage_times", pa.Table.from_pylist(times, _TIMES_SCHEMA))
        _create(
            database, "sources", pa.Table.from_pylist([asdict(entry) for entry in sources], _SOURCES_SCHEMA)
        )
        _create(database, "benchmarks", pa.Table.from_pylist(list(benchmarks), BENCHMARK_SCHEMA))
        _create(database, "source_thresholds", thresholds)
        edges = [
            {"output_key": output.key, "input_key": key}
            for outputs in stages
            for output in outputs
            for key in output.inputs
        ]
        _create(database, "lineage", pa.Table.from_pylist(edges, _LINEAGE_SCHEMA))
        row = {name: getattr(build, name) for name in _BUILD_SCHEMA.names if name != "version"}
        _create(
            database,
            "build",
            pa.Table.from_pylist([{**row, "version": version}], _BUILD_SCHEMA),
            as_json=("config",),
        )
        add_views(database, None if data_folder is None else str(data_folder))
        add_comments(database)
        database.commit()


def _stage_rows(stages: Sequence[Sequence[StageOutput]]) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(output, name) for name in _STAGES_SCHEMA.names if hasattr(output, name)},
            "position": position,
            "output_key": output.key,
            "parameters": json.dumps(output.parameters, sort_keys=True),
        }
        for position, outputs in enumerate(stages)
        for output in outputs
    ]


@contextmanager
def open_catalog(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a catalogue read-only, as many at a time as one likes."""
    with duckdb.connect(str(path), read_only=True) as database:
        database.execute("SET enable_progress_bar = false")  # it is drawn to stdout, into a pipe too
        yield database


# DuckDB finds `incoming` by its name. A table that is registered by one is kept until the transaction ends,
# although it is unregistered before.


def _create(
    database: duckdb.DuckDBPyConnection, name: str, incoming: pa.Table, as_json: Sequence[str] = ()
) -> None:
    casts = ", ".join(f"{column}::JSON AS {column}" for column in as_json)
    database.execute(f"CREATE TABLE {name} AS SELECT *{f' REPLACE ({casts})' if casts else ''} FROM incoming")


def _insert(database: duckdb.DuckDBPyConnection, query: str, incoming: pa.Table) -> None:
    database.execute(query)


def _append(database: duckdb.DuckDBPyConnection, name: str, tables: Iterable[pa.Table]) -> None:
    """Create a table from the first pieces and add the rest, so that some pieces are in memory at a time."""
    created = False
    for table in _gathered(tables):
        if created:
            _insert(database, f"INSERT INTO {name} SELECT * FROM incoming", table)
        else:
            _create(database, name, table)
            created = True


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join small tables to some of at least `_INSERT_BYTES`: a statement costs as much as many rows."""
    waiting: list[pa.Table] = []
    gathered = 0
    for table in tables:
        if table.num_rows or not waiting:
            waiting.append(table)
            gathered += table.nbytes
        if gathered >= _INSERT_BYTES:
            yield pa.concat_tables(waiting)
            waiting, gathered = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def _write_samples(database: duckdb.DuckDBPyConnection, home: Home, composed: Sequence[StageOutput]) -> None:
    _append(database, "samples", map(_sample_rows, read_outputs(home, composed)))


def _sample_rows(table: pa.Table) -> pa.Table:
    table = table.drop_columns(["thumbnail"])
    signed = pa.array(table["phash"].to_numpy().view(np.int64))
    return table.set_column(table.schema.get_field_index("phash"), "phash", signed)


def _write_rejects(database: duckdb.DuckDBPyConnection, home: Home, outputs: Sequence[StageOutput]) -> None:
    """Write what was rejected, reading no table of an output that rejected nothing: most did not."""
    rejecting = [output for output in outputs if output.rows_rejected]
    shown = rejecting or outputs[:1]
    tables = read_outputs(home, shown, "rejected")
    _append(database, "rejects", map(_reject_rows, tables, [output.path("rejected") for output in shown]))
    shards = {(output.source, output.shard) for output in rejecting}
    changing = [
        output for output in outputs if output.stage in _CHANGING and (output.source, output.shard) in shards
    ]
    _add_changes(database, home, changing)
    for name, table, schema, having in (
        ("duplicates", "compared", DUPLICATE_SCHEMA, rejecting),
        ("flaws", "flaws", FLAW_SCHEMA, outputs),
    ):
        having = [output for output in having if f"{name}.parquet" in output.files]
        _append(database, table, chain([schema.empty_table()], read_outputs(home, having, name)))


def _add_changes(database: duckdb.DuckDBPyConnection, home: Home, changing: Sequence[StageOutput]) -> None:
    """Give each rejected row what the stages before had changed in its code."""
    database.execute("CREATE TEMP TABLE changed (sample_id VARCHAR, changes VARCHAR[])")
    for table in _gathered(read_outputs(home, changing, columns=["sample_id", "changes"])):
        query = (
            "INSERT INTO changed FROM incoming "
            "WHERE len(changes) > 0 AND sample_id IN (SELECT sample_id FROM rejects)"
        )
        _insert(database, query, table)
    database.execute("ALTER TABLE rejects ADD COLUMN changes VARCHAR[] DEFAULT []")
    database.execute(
        "UPDATE rejects SET changes = latest.changes FROM "
        "(SELECT sample_id, arg_max(changes, len(changes)) AS changes FROM changed GROUP BY ALL) AS latest "
        "WHERE rejects.sample_id = latest.sample_id"
    )
    database.execute("DROP TABLE changed")


def _reject_rows(rejected: pa.Table, path: str) -> pa.Table:
    """Rejected rows, whose table lies at `path`: the head of each one's code, and where the whole is."""
    column = rejected.schema.get_field_index("code")
    code = rejected["code"]
    head = pc.utf8_slice_codeunits(code, 0, REJECT_CODE_CHARACTERS)
    table = rejected.set_column(column, "code_head", head)
    file = pa.scalar(path)
    for name, values in (
        ("code_characters", pc.utf8_length(code).cast(pa.int64())),
        ("code_file", pa.repeat(file, table.num_rows)),
        ("code_row", pa.array(range(table.num_rows), pa.int64())),
    ):
        table = table.append_column(name, values)
    return table
