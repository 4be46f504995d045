"""The home: one folder or object-store prefix that holds every output of every build.

stages/<stage>/<key>/      kept.parquet, rejected.parquet, ..., done.json (written last)
releases/sft/<version>/    data/*.parquet, README.md, manifest.json (written last), catalog.duckdb
releases/sft/current       a symbolic link; on an object store a text object with the version
tmp/                       files being written; leftovers of dead processes go at the next start
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def open_local_parquet(path: str | os.PathLike[str]) -> Iterator[pq.ParquetFile]:
    """Open a local Parquet file; file and reader are closed on leaving. Read with `use_threads=False`."""
    with pa.OSFile(os.fspath(path)) as source, pq.ParquetFile(source, pre_buffer=False) as file:
        yield file


class HomeBusyError(Exception):
    """Another build holds this home."""


class Home:
    """A local folder (the default) or an fsspec URI such as `s3://bucket/prefix`."""

    def __init__(self, uri: str | os.PathLike[str]) -> None:
        self.uri = os.fspath(uri)
        self.filesystem, self.root = url_to_fs(
            str(Path(self.uri).expanduser()) if "://" not in self.uri else self.uri
        )
        self.is_local = isinstance(self.filesystem, LocalFileSystem)

    def path(self, relative: str) -> str:
        """Return the full path of a relative one, in the form the file system takes."""
        return f"{self.root.rstrip('/')}/{relative}" if relative else self.root

    def local_path(self, relative: str) -> Path:
        """Return a local path; raises ValueError on an object store."""
        if not self.is_local:
            raise ValueError(f"home {self.uri!r} is not a local folder, so {relative!r} has no local path")
        return Path(self.path(relative))

    def exists(self, relative: str) -> bool:
        return bool(self.filesystem.exists(self.path(relative)))

    def list_names(self, relative: str) -> list[str]:
        """Return the sorted names directly under a folder; empty when there is no such folder."""
        try:
            found = self.filesystem.ls(self.path(relative), detail=False)
        except FileNotFoundError:
            return []
        return sorted(str(name).rstrip("/").rpartition("/")[2] for name in found)

    def open(self, relative: str) -> IO[Any]:
        """Open a file for reading bytes; seekable, also on object stores."""
        opened: IO[Any] = self.filesystem.open(self.path(relative), "rb")
        return opened

    @contextmanager
    def open_parquet(self, relative: str) -> Iterator[pq.ParquetFile]:
        """Open a Parquet file. Read from it with `use_threads=False`.

        Arrow's pool threads may let go of a Python file object while the interpreter shuts down, and
        that aborts the process; shards are what runs in parallel here, not columns.
        """
        source = pa.OSFile(self.path(relative)) if self.is_local else pa.PythonFile(self.open(relative), "r")
        with source, pq.ParquetFile(source, pre_buffer=False) as file:
            yield file

    def read_table(self, relative: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a Parquet file, or some of its columns."""
        with self.open_parquet(relative) as file:
            return file.read(list(columns) if columns is not None else None, use_threads=False)

    def read_bytes(self, relative: str) -> bytes:
        with self.open(relative) as stream:
            return bytes(stream.read())

    @contextmanager
    def scratch_file(self, suffix: str) -> Iterator[Path]:
        """Yield a local path to write to; on the home's own disk when it is local, so that
        `install` is a rename. Removed on leaving, unless installed."""
        path = self._scratch_folder() / f"{os.getpid()}-{secrets.token_hex(8)}{suffix}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def install(self, scratch: Path, relative: str) -> None:
        """Move a finished scratch file to its place: it is there whole, or not at all."""
        if not self.is_local:
            self.filesystem.put_file(str(scratch), self.path(relative))
            return
        target = self.local_path(relative)
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("rb") as stream:
            os.fsync(stream.fileno())
        scratch.replace(target)
        _fsync_folder(target.parent)

    def write_bytes(self, relative: str, data: bytes) -> None:
        """Write a small file atomically."""
        with self.scratch_file(".part") as scratch:
            scratch.write_bytes(data)
            self.install(scratch, relative)

    def point(self, relative: str, name: str) -> None:
        """Switch a pointer such as `releases/sft/current` to a sibling name, atomically."""
        if not self.is_local:
            self.write_bytes(relative, name.encode())
            return
        link = self.local_path(relative)
        link.parent.mkdir(parents=True, exist_ok=True)
        fresh = link.with_name(f".{link.name}-{secrets.token_hex(4)}")
        fresh.symlink_to(name)
        fresh.replace(link)
        _fsync_folder(link.parent)

    def resolve_pointer(self, relative: str) -> str | None:
        """Return the name a pointer holds, or None when it was never set."""
        if not self.is_local:
            return self.read_bytes(relative).decode() if self.exists(relative) else None
        link = self.local_path(relative)
        return str(link.readlink()) if link.is_symlink() else None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for one build; a killed build lets go by itself (flock). A no-op on an
        object store, where outputs are idempotent and the scheduler's concurrency limit serves.

        Raises `HomeBusyError` when another process holds it.
        """
        if not self.is_local:
            yield
            return
        self.local_path("").mkdir(parents=True, exist_ok=True)
        with self.local_path("build.lock").open("a+") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HomeBusyError(
                    f"another build is using {self.uri}: wait for it to end, or give a different --home"
                ) from error
            self._sweep_scratch()
            yield

    def _scratch_folder(self) -> Path:
        folder = (
            self.local_path("tmp") if self.is_local else Path(tempfile.gettempdir()) / "vincicoder-upload"
        )
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _sweep_scratch(self) -> None:
        """Remove what killed processes left behind; the lock says that no other build is writing."""
        for entry in self._scratch_folder().iterdir():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
