"""Releases: immutable folders of Parquet with a card, a manifest and a catalogue.

A release exists when its `manifest.json` does; that file is written last. Nothing in the manifest
or the Parquet depends on the clock, so the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa
import pyarrow.parquet as pq

from storage.home import open_local_parquet
from storage.manifest import ManifestError, ReleaseFile, parse_manifest
from storage.outputs import file_sha256
from storage.schemas import RELEASE_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from storage.home import Home
    from storage.manifest import Kind, RlManifest, SftManifest

# About 20 MB of 30 kB images a row group: cheap to stream, cheap to look one row up.
ROW_GROUP_ROWS = 512
ROWS_PER_FILE = 16_384
SPLITS = ("train", "validation")


def release_folder(kind: str, version: str) -> str:
    """`kind` is `sft` or `rl`."""
    return f"releases/{kind}/{version}"


@overload
def read_manifest(home: Home, kind: Literal["sft"], version: str) -> SftManifest | None: ...
@overload
def read_manifest(home: Home, kind: Literal["rl"], version: str) -> RlManifest | None: ...
@overload
def read_manifest(home: Home, kind: Kind, version: str) -> SftManifest | RlManifest | None: ...
def read_manifest(home: Home, kind: Kind, version: str) -> SftManifest | RlManifest | None:
    """Return the manifest of a finished release, or None when there is no such release.

    Raises `ManifestError` where the file is there and is no manifest of this kind.
    """
    path = f"{release_folder(kind, version)}/manifest.json"
    if not home.exists(path):
        return None
    manifest = parse_manifest(home.read_bytes(path), home.path(path))
    if manifest.kind != kind:
        raise ManifestError(f"{home.path(path)} is the manifest of an {manifest.kind} release, not {kind}")
    return manifest


def current_version(home: Home, kind: str) -> str | None:
    """Return the version that `current` points to, or None before the first release."""
    return home.resolve_pointer(f"releases/{kind}/current")


def write_data(
    home: Home,
    folder: str,
    split: str,
    tables: Iterable[pa.Table],
    rows: int,
    schema: pa.Schema = RELEASE_SCHEMA,
) -> list[ReleaseFile]:
    """Write one split as `data/<split>-0000i-of-0000n.parquet`, with at most one row group in memory
    beyond the table at hand.

    `tables` follow `schema`; `rows` is their total, which must be known to name the files.
    """
    if rows == 0:
        return []
    file_count = -(-rows // ROWS_PER_FILE)
    groups = _row_groups(tables)
    files = []
    for number in range(file_count):
        path = f"data/{split}-{number:05d}-of-{file_count:05d}.parquet"
        wanted = min(ROWS_PER_FILE, rows - number * ROWS_PER_FILE)
        with home.scratch_file(".parquet") as scratch:
            with pq.ParquetWriter(scratch, schema, compression="zstd", compression_level=3) as writer:
                written = 0
                while written < wanted:
                    group = next(groups)
                    writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
                    written += group.num_rows
            files.append(
                ReleaseFile(
                    path=path, sha256=file_sha256(scratch), bytes=scratch.stat().st_size, rows=written
                )
            )
            home.install(scratch, f"{folder}/{path}")
    return files


def data_rows(files: Iterable[Path], columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a release's local Parquet files, or some of their columns, 64 in memory at a time."""
    for path in files:
        with open_local_parquet(path) as file:
            wanted = None if columns is None else list(columns)
            for batch in file.iter_batches(64, columns=wanted, use_threads=False):
                yield from batch.to_pylist()


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Regroup tables into row groups of exactly ROW_GROUP_ROWS (the last may be shorter)."""
    pending: list[pa.Table] = []
    waiting = 0
    for table in tables:
        pending.append(table)
        waiting += table.num_rows
        while waiting >= ROW_GROUP_ROWS:
            joined = pa.concat_tables(pending)
            yield joined.slice(0, ROW_GROUP_ROWS)
            pending = [joined.slice(ROW_GROUP_ROWS)]
            waiting -= ROW_GROUP_ROWS
    if waiting:
        yield pa.concat_tables(pending)


def write_file(home: Home, folder: str, path: str, data: bytes) -> ReleaseFile:
    """Write a small file of a release."""
    home.write_bytes(f"{folder}/{path}", data)
    return ReleaseFile(path=path, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))


def finish_release(home: Home, manifest: SftManifest | RlManifest) -> None:
    """Write the manifest, which makes the release exist; `make_current` switches to it."""
    home.write_bytes(f"{release_folder(manifest.kind, manifest.version)}/manifest.json", manifest.to_json())


def make_current(home: Home, kind: Kind, version: str) -> None:
    """Switch `current` to a release, atomically."""
    home.point(f"releases/{kind}/current", version)
