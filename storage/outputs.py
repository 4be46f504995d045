"""Stage outputs: content-addressed, written whole or not at all, described by a marker.

An output's key is a hash of the stage's name and version, its parameters and the keys of its
inputs. An output exists when its `done.json` does; that file is written last and carries the
hashes and row counts of the rest. Resuming a build is nothing but finding that outputs exist.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.schemas import REJECT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from storage.home import Home

ROW_GROUP_ROWS = 256


class BalanceError(Exception):
    """A stage lost or invented rows: in + made is not kept + rejected."""


@dataclass(frozen=True, slots=True)
class StageOutput:
    """A finished output of one stage on one shard, as its marker describes it."""

    stage: str
    key: str
    source: str
    shard: int
    rows_in: int
    rows_kept: int
    rows_rejected: int
    seconds: float
    version: int
    inputs: tuple[str, ...]
    parameters: Mapping[str, Any]
    files: Mapping[str, str]
    rows_made: int = 0  # rows that the stage added to those it was given

    @property
    def folder(self) -> str:
        return output_folder(self.stage, self.key)


def output_key(stage: str, version: int, parameters: Mapping[str, Any], inputs: Sequence[str]) -> str:
    """Return the key (32 hex digits) of a stage's output."""
    described = json.dumps([stage, version, parameters, list(inputs)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(described.encode()).hexdigest()[:32]


def output_folder(stage: str, key: str) -> str:
    return f"stages/{stage}/{key}"


def find_output(home: Home, stage: str, key: str) -> StageOutput | None:
    """Return the finished output, or None when it must still be made."""
    marker = f"{output_folder(stage, key)}/done.json"
    if not home.exists(marker):
        return None
    fields = json.loads(home.read_bytes(marker))
    return StageOutput(**{**fields, "inputs": tuple(fields["inputs"])})


def write_output(
    home: Home,
    *,
    stage: str,
    version: int,
    parameters: Mapping[str, Any],
    inputs: Sequence[str],
    source: str,
    shard: int,
    rows_in: int,
    seconds: float,
    kept: pa.Table,
    rejected: pa.Table,
    extra: Mapping[str, pa.Table] | None = None,
    rows_made: int = 0,
) -> StageOutput:
    """Write the tables of one output and then its marker.

    Raises `BalanceError`, before anything is written, unless rows_in + rows_made = kept + rejected.
    """
    if rows_in + rows_made != kept.num_rows + rejected.num_rows:
        raise BalanceError(
            f"{stage} of {source} shard {shard}: {rows_in} rows in"
            f"{f' and {rows_made} made' if rows_made else ''}, "
            f"but {kept.num_rows} kept + {rejected.num_rows} rejected"
        )
    key = output_key(stage, version, parameters, inputs)
    tables = {"kept": kept, "rejected": rejected.cast(REJECT_SCHEMA), **(extra or {})}
    files = {
        f"{name}.parquet": write_table(home, f"{output_folder(stage, key)}/{name}.parquet", table)
        for name, table in tables.items()
    }
    output = StageOutput(
        stage=stage,
        key=key,
        source=source,
        shard=shard,
        rows_in=rows_in,
        rows_kept=kept.num_rows,
        rows_rejected=rejected.num_rows,
        seconds=round(seconds, 3),
        version=version,
        inputs=tuple(inputs),
        parameters=dict(parameters),
        files=files,
        rows_made=rows_made,
    )
    marker = {field: getattr(output, field) for field in StageOutput.__dataclass_fields__}
    home.write_bytes(f"{output.folder}/done.json", json.dumps(marker, indent=1, sort_keys=True).encode())
    return output


def read_output(
    home: Home, output: StageOutput, name: str = "kept", columns: Sequence[str] | None = None
) -> pa.Table:
    """Read one table of an output, or some of its columns."""
    return home.read_table(f"{output.folder}/{name}.parquet", columns)


def write_table(home: Home, relative: str, table: pa.Table) -> str:
    """Write one Parquet file atomically; return its sha256."""
    with home.scratch_file(".parquet") as scratch:
        pq.write_table(table, scratch, compression="zstd", row_group_size=ROW_GROUP_ROWS)
        digest = file_sha256(scratch)
        home.install(scratch, relative)
    return digest


def file_sha256(path: Path) -> str:
    """Return the sha256 hex digest of a local file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
