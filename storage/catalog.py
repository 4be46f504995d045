"""The catalogue of a release: everything but image bytes as native DuckDB tables.

samples(...)                 one row per released sample
rejects(...)                 one row per rejected row of any stage, with the head of its code
duplicates(...)              which row left for which, of what kind, how far apart
flaws(...)                   one row per try at a refinement sample: faults made, what came of it
stages(...)                  one row per stage and shard: rows in, kept, rejected, made, seconds
sources(...)                 what each source declares, and whether it was there
benchmarks(...)              which benchmarks were kept out, which were not looked at
lineage(output_key, input_key)
build(...)                   one row: version, configuration, flow run, when and on what
source_thresholds(...)       beyond which distance from the source's own picture a render is a mismatch
images                       view over the release's Parquet
images_in(folder)            the same for a copy of the release that was moved
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from storage.outputs import read_output
from storage.schemas import BENCHMARK_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from storage.home import Home
    from storage.outputs import StageOutput

# As much of a rejected row's code as an auditor needs to see why; the whole is in the stage output.
REJECT_CODE_CHARACTERS = 2_000

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


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A row of the `sources` table. `revision` and counts are empty where it was not available."""

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


def write_catalog(
    path: Path,
    home: Home,
    stages: Sequence[Sequence[StageOutput]],
    sources: Iterable[SourceEntry],
    benchmarks: Sequence[Mapping[str, Any]],
    build: Mapping[str, Any],
) -> None:
    """Write a new catalogue to a local path, one shard at a time.

    `stages` lists every stage's outputs in the order of the pipeline; the last stage's kept rows
    are the released ones.
    """
    with duckdb.connect(str(path)) as database:
        _write_samples(database, home, stages[-1])
        _write_rejects(database, home, [output for outputs in stages for output in outputs])
        stage_rows = [
            {
                **{name: getattr(output, name) for name in _STAGES_SCHEMA.names if hasattr(output, name)},
                "position": position,
                "output_key": output.key,
                "parameters": json.dumps(output.parameters, sort_keys=True),
            }
            for position, outputs in enumerate(stages)
            for output in outputs
        ]
        _create(database, "stages", pa.Table.from_pylist(stage_rows, _STAGES_SCHEMA))
        _create(
            database, "sources", pa.Table.from_pylist([asdict(entry) for entry in sources], _SOURCES_SCHEMA)
        )
        _create(database, "benchmarks", pa.Table.from_pylist(list(benchmarks), BENCHMARK_SCHEMA))
        edges = [
            {"output_key": output.key, "input_key": key}
            for outputs in stages
            for output in outputs
            for key in output.inputs
        ]
        _create(database, "lineage", pa.Table.from_pylist(edges, _LINEAGE_SCHEMA))
        _create(database, "build", pa.Table.from_pylist([dict(build)]))


def add_table(path: Path, name: str, table: pa.Table) -> None:
    """Add one more table to a catalogue that is being written."""
    with duckdb.connect(str(path)) as database:
        _create(database, name, table)


def add_image_views(path: Path, data_folder: Path) -> None:
    """Add the views over the Parquet files, which must be in place by now."""
    with duckdb.connect(str(path)) as database:
        pattern = str(data_folder / "*.parquet").replace("'", "''")
        database.execute(f"CREATE VIEW images AS SELECT * FROM read_parquet('{pattern}')")
        database.execute(
            "CREATE MACRO images_in(folder) AS TABLE SELECT * FROM read_parquet(folder || '/data/*.parquet')"
        )


@contextmanager
def open_catalog(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a catalogue read-only, as many at a time as one likes."""
    with duckdb.connect(str(path), read_only=True) as database:
        yield database


def _create(database: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    database.register("incoming", table)
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
    database.unregister("incoming")


def _append(database: duckdb.DuckDBPyConnection, name: str, tables: Iterable[pa.Table]) -> None:
    """Create a table from the first piece and add the rest, so that one piece is in memory at a time."""
    created = False
    for table in tables:
        if created:
            database.register("incoming", table)
            database.execute(f"INSERT INTO {name} SELECT * FROM incoming")
            database.unregister("incoming")
        else:
            _create(database, name, table)
            created = True


def _write_samples(database: duckdb.DuckDBPyConnection, home: Home, composed: Sequence[StageOutput]) -> None:
    _append(
        database, "samples", (read_output(home, output).drop_columns(["thumbnail"]) for output in composed)
    )


def _write_rejects(database: duckdb.DuckDBPyConnection, home: Home, outputs: Sequence[StageOutput]) -> None:
    _append(database, "rejects", (_short(read_output(home, output, "rejected")) for output in outputs))
    for name in ("duplicates", "flaws"):
        having = [output for output in outputs if f"{name}.parquet" in output.files]
        _append(database, name, (read_output(home, output, name) for output in having))


def _short(rejected: pa.Table) -> pa.Table:
    column = rejected.schema.get_field_index("code")
    head = pc.utf8_slice_codeunits(rejected["code"], 0, REJECT_CODE_CHARACTERS)
    return rejected.set_column(column, "code_head", head)
