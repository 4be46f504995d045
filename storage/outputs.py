"""Stage outputs: content-addressed, written whole or not at all, described by a marker.

An output's key is a hash of the stage's name and version, its parameters and the keys of its
inputs. An output exists when its `done.json` does; that file is written last and carries the
hashes and row counts of the rest. Resuming a build is nothing but finding that outputs exist.

On an object store several machines may make the same output. Their tables have different names unless they
are the same bytes, and the first marker wins: it is written only if there is none.
"""

from __future__ import annotations

import hashlib
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import HomeUnreachableError
from storage.schemas import REJECT_SCHEMA
from storage.sealed import sealed, unseal
from storage.stores.objects import DamagedObjectError
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from storage.home import Home
    from storage.stores.objects import ObjectStore

logger = logging.getLogger("vincicoder")

ROW_GROUP_ROWS = 256
_FORMAT = 2
_NAMED_BY_CONTENT = 3
_AT_ONCE = 8  # outputs that are looked at by one call: hashing takes cores, a store takes its time


class DamagedOutputError(UserError):
    """A finished output whose files are not what its marker says."""


class BalanceError(UserError):
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
    # The content of every output that was read, by `stage/key`: its inputs, and those that hold its renders.
    made_from: Mapping[str, str] = field(default_factory=dict)
    # Of the marker: 2 has a checksum and `made_from`; with 3 the tables' names have their content's hash.
    format: int = 1

    @property
    def folder(self) -> str:
        return output_folder(self.stage, self.key)

    @property
    def name(self) -> str:
        """`stage/key`."""
        return f"{self.stage}/{self.key}"

    @property
    def content(self) -> str:
        """The sha256 of the hashes of all files: it changes when an output is made again with other bytes."""
        return hashlib.sha256(json.dumps(dict(self.files), sort_keys=True).encode()).hexdigest()

    def path(self, name: str) -> str:
        """Return the relative path of a table: `kept`, `rejected`, ... Raises FileNotFoundError."""
        digest = self.files.get(f"{name}.parquet")
        if digest is None:
            raise FileNotFoundError(f"output {self.name} has no table {name}")
        return _table_path(self.folder, name, digest if self.format >= _NAMED_BY_CONTENT else "")


def output_key(stage: str, version: int, parameters: Mapping[str, Any], inputs: Sequence[str]) -> str:
    """Return the key (32 hex digits) of a stage's output."""
    described = json.dumps([stage, version, parameters, list(inputs)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(described.encode()).hexdigest()[:32]


def output_folder(stage: str, key: str) -> str:
    return f"stages/{stage}/{key}"


def _table_path(folder: str, name: str, digest: str) -> str:
    return f"{folder}/{name}{f'-{digest[:16]}' if digest else ''}.parquet"


def find_output(home: Home, stage: str, key: str) -> StageOutput | None:
    """Return the finished output, or None when it must still be made.

    At its first use since the home was opened, its files are compared with the marker's hashes, unless they
    are as they were when that was last done (`storage.seen`); on an object store, where markers stay as they
    are, only what is read is. An output that is damaged counts as not there, and so does one made from others
    that were made again since.
    """
    folder = output_folder(stage, key)
    seen, known = home.checked.get(folder, (b"", None))
    found: StageOutput | None = known
    if found is not None and not home.is_local:
        return found
    try:
        data = _read_marker(home, folder)
        if data is None:
            return None
        if found is not None and seen == data:
            return found
        output = _read_whole(home, stage, key, data)
    except DamagedOutputError as error:
        logger.warning("%s", error)
        return None
    if not _made_from_what_is_there(home, output):
        return None
    home.checked[folder] = (data, output)
    return output


def find_outputs(home: Home, stage: str, keys: Sequence[str]) -> list[StageOutput | None]:
    """Return what `find_output` finds for each key; some are looked at at a time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda key: find_output(home, stage, key), keys))


def set_aside_damaged(home: Home, stage: str, key: str) -> None:
    """Move the output to `damaged/` where its marker is there but its files are not what that says."""
    try:
        data = _read_marker(home, output_folder(stage, key))
        if data is not None:
            _read_whole(home, stage, key, data)
    except DamagedOutputError as error:
        moved = home.set_aside(output_folder(stage, key))
        logger.warning("%s; moved to %s, made again", error, home.path(moved))


def _read_marker(home: Home, folder: str) -> bytes | None:
    """Return the bytes of a marker, or None where there is none. Raises `DamagedOutputError`."""
    try:
        return home.read_bytes(f"{folder}/done.json")
    except FileNotFoundError:
        return None
    except HomeUnreachableError:
        raise
    except OSError as error:
        raise DamagedOutputError(f"{home.path(folder)}/done.json cannot be read: {error}") from error


def _read_whole(home: Home, stage: str, key: str, data: bytes) -> StageOutput:
    """Return what a marker describes, compared with its files. Raises `DamagedOutputError`."""
    folder = output_folder(stage, key)
    try:
        # Markers of earlier versions have no checksum; their key covers what decides the content.
        fields = unseal(data, checksum_needed=False)
        output = StageOutput(**{**fields, "inputs": tuple(fields["inputs"])})
        stated = output_key(output.stage, output.version, output.parameters, output.inputs)
    except (ValueError, TypeError, KeyError) as error:
        raise DamagedOutputError(f"{home.path(folder)}/done.json is damaged: {error}") from error
    if (output.stage, output.key, stated) != (stage, key, key):
        raise DamagedOutputError(f"{home.path(folder)}/done.json is the marker of another output")
    if not home.is_local:
        return output
    stamp = home.seen.stamp(folder, output.files, data)
    if home.seen.holds(folder, stamp):
        return output
    for name, digest in output.files.items():
        _check_content(home, f"{folder}/{name}", digest)
    _check_counts(home, output)
    home.seen.note(folder, stamp)
    return output


def _check_content(home: Home, path: str, digest: str) -> None:
    """Compare a file of a local home with its hash, once since the home was opened."""
    try:
        with home.open(path) as stream:
            found = stream_sha256(stream)
    except OSError as error:
        raise DamagedOutputError(f"{home.path(path)} cannot be read: {error}") from error
    if found != digest:
        raise DamagedOutputError(f"{home.path(path)} is damaged: its sha256 is not the marker's")
    home.read_whole.add(path)


def _check_counts(home: Home, output: StageOutput) -> None:
    """Compare the marker's counts with the files: what a marker without a checksum says may be changed."""
    if output.rows_in + output.rows_made != output.rows_kept + output.rows_rejected:
        raise DamagedOutputError(
            f"{home.path(output.folder)}/done.json is damaged: its counts do not balance"
        )
    for name, rows in (("kept", output.rows_kept), ("rejected", output.rows_rejected)):
        try:
            with home.open_parquet(f"{output.folder}/{name}.parquet") as file:
                found = file.metadata.num_rows
        except (OSError, pa.ArrowException) as error:
            raise DamagedOutputError(
                f"{home.path(output.folder)}/{name}.parquet cannot be read: {error}"
            ) from error
        if found != rows:
            raise DamagedOutputError(
                f"{home.path(output.folder)}/done.json is damaged: it says {rows} rows {name}, not {found}"
            )


def _made_from_what_is_there(home: Home, output: StageOutput) -> bool:
    for name, content in output.made_from.items():
        stage, _, key = name.partition("/")
        found = find_output(home, stage, key)
        if found is None or found.content != content:
            return False
    return True


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
    made_from: Mapping[str, str] | None = None,
) -> StageOutput:
    """Write the tables of one output and then its marker. What is there under the same key and is damaged is
    moved aside. Where another machine's marker is there by then, its output is returned.

    Raises `BalanceError`, before anything is written, unless rows_in + rows_made = kept + rejected.
    """
    if rows_in + rows_made != kept.num_rows + rejected.num_rows:
        raise BalanceError(
            f"{stage} of {source} shard {shard}: {rows_in} rows in"
            f"{f' and {rows_made} made' if rows_made else ''}, "
            f"but {kept.num_rows} kept + {rejected.num_rows} rejected"
        )
    key = output_key(stage, version, parameters, inputs)
    set_aside_damaged(home, stage, key)
    if home.is_local:
        home.remove(f"{output_folder(stage, key)}/done.json")
    tables = {"kept": kept, "rejected": rejected.cast(REJECT_SCHEMA), **(extra or {})}
    files = _write_stage_tables(home, output_folder(stage, key), tables)
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
        made_from=dict(made_from or {}),
        format=_FORMAT if home.is_local else _NAMED_BY_CONTENT,
    )
    marker = sealed({name: getattr(output, name) for name in StageOutput.__dataclass_fields__})
    if home.objects is not None:
        return _publish_first(home, home.objects, output, marker)
    home.write_bytes(f"{output.folder}/done.json", marker)
    home.read_whole.update(f"{output.folder}/{name}" for name in files)  # hashed as they were written
    home.seen.note(output.folder, home.seen.stamp(output.folder, files, marker))
    return output


def note_whole(home: Home, output: StageOutput) -> None:
    """Note that an output is whole which another process of this machine has just written to a local home."""
    if home.is_local:
        home.seen.note(output.folder, _stamp_of(home, output))


def _stamp_of(home: Home, output: StageOutput) -> str:
    """Return the stamp of an output's files as they are; empty where its marker or one of them is gone."""
    marker = _read_marker(home, output.folder)
    return "" if marker is None else home.seen.stamp(output.folder, output.files, marker)


def _publish_first(home: Home, store: ObjectStore, output: StageOutput, marker: bytes) -> StageOutput:
    """Write a marker, unless there is one that counts: then return its output."""
    path = f"{output.folder}/done.json"
    while True:
        there = store.read_tagged(path)
        if there is not None and (first := find_output(home, output.stage, output.key)) is not None:
            return first
        if store.write_if(path, marker, there[1] if there is not None else None) is not None:
            home.checked[output.folder] = (marker, output)
            return output


def read_output(
    home: Home, output: StageOutput, name: str = "kept", columns: Sequence[str] | None = None
) -> pa.Table:
    """Read one table of an output, or some of its columns. Raises as `open_table` does."""
    with open_table(home, output, name) as file:
        return file.read(list(columns) if columns is not None else None, use_threads=False)


def peek_output(home: Home, output: StageOutput, columns: Sequence[str]) -> pa.Table:
    """Read some short columns of the kept rows, to learn whether there is anything to do.

    Where the files are as they were when they were compared with their hashes (`storage.seen`), the table
    is not read whole for that. Who goes on to use the rows reads them by `read_output`, which does.
    """
    if home.is_local and home.seen.holds(output.folder, _stamp_of(home, output)):
        try:
            return home.read_table(output.path("kept"), columns)
        except (OSError, pa.ArrowException) as error:  # a bit that turned on the disk changes no stamp
            logger.warning("%s cannot be read (%s): it is compared with its hash", output.name, error)
    return read_output(home, output, columns=columns)


@contextmanager
def open_table(home: Home, output: StageOutput, name: str) -> Iterator[pq.ParquetFile]:
    """Open a table of an output. Read from it with `use_threads=False`.

    Its first reader compares it with its hash. Raises `DamagedOutputError` where it is damaged, or an object
    store does not have it: the output is then moved aside, and the next run makes it again.
    """
    with ExitStack() as opened:
        try:
            path = output.path(name)
            if home.is_local and path not in home.read_whole:
                _check_content(home, path, output.files[f"{name}.parquet"])
            file = opened.enter_context(home.open_parquet(path))
        except (DamagedObjectError, DamagedOutputError, FileNotFoundError) as error:
            if home.is_local and not isinstance(error, DamagedOutputError):
                raise
            moved = home.set_aside(output.folder)
            raise DamagedOutputError(
                f"{error}; the output is moved to {home.path(moved)}: run the same command again"
            ) from error
        yield file  # what is raised meanwhile may be of another table


def _write_stage_tables(home: Home, folder: str, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write the tables of one output, to an object store some at a time; return the sha256 of each file."""

    def write(name: str) -> str:
        return _write_stage_table(home, folder, name, tables[name])

    if home.is_local:
        digests = [write(name) for name in tables]
    else:
        with ThreadPoolExecutor(len(tables)) as pool:
            digests = list(pool.map(write, tables))
    return {f"{name}.parquet": digest for name, digest in zip(tables, digests, strict=True)}


def _write_stage_table(home: Home, folder: str, name: str, table: pa.Table) -> str:
    """Write one Parquet file atomically; return its sha256."""
    with home.scratch_file(".parquet") as scratch:
        pq.write_table(table, scratch, compression="zstd", row_group_size=ROW_GROUP_ROWS)
        digest = file_sha256(scratch)
        home.install(scratch, _table_path(folder, name, "" if home.is_local else digest))
    return digest


def file_sha256(path: Path) -> str:
    """Return the sha256 hex digest of a local file, read in pieces."""
    with path.open("rb") as stream:
        return stream_sha256(stream)


def stream_sha256(stream: IO[Any]) -> str:
    """Return the sha256 hex digest of the rest of a stream, read in pieces."""
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()
