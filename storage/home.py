"""The home: one folder or object-store prefix that holds every output of every build.

stages/<stage>/<key>/      kept.parquet, rejected.parquet, ..., done.json (written last)
releases/sft/<version>/    data/*.parquet, README.md, manifest.json (written last), catalog.duckdb
releases/sft/current       a symbolic link; on an object store a text object with the version
reports/sft/<version>/     report.html, written by a build after its release
tmp/<process>/             files being written; those of ended processes go when the next one starts
damaged/                   outputs and releases that could not be read any more, moved aside
"""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from storage.errors import HomeBusyError, HomeError, NotLocalError, writing
from storage.scratch import scratch_folder, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def open_local_parquet(path: str | os.PathLike[str]) -> Iterator[pq.ParquetFile]:
    """Open a local Parquet file; file and reader are closed on leaving. Read with `use_threads=False`."""
    with pa.OSFile(os.fspath(path)) as source, pq.ParquetFile(source, pre_buffer=False) as file:
        yield file


class Home:
    """A local folder (the default) or an fsspec URI such as `s3://bucket/prefix`."""

    def __init__(self, uri: str | os.PathLike[str]) -> None:
        self.uri = os.fspath(uri)
        try:
            self.filesystem, self.root = url_to_fs(
                str(Path(self.uri).expanduser()) if "://" not in self.uri else self.uri
            )
        except (ImportError, ValueError) as error:  # a package that is not installed; an unknown protocol
            raise HomeError(f"home {self.uri} cannot be opened: {error}") from error
        self.is_local = isinstance(self.filesystem, LocalFileSystem)
        if self.is_local and Path(self.root).exists() and not Path(self.root).is_dir():
            raise HomeError(f"home {self.uri} is a file; give a folder, which is made where there is none")
        self.stopping = threading.Event()
        """Set when the build that opened this home is to end: its tasks start nothing more."""
        self.checked: dict[str, tuple[bytes, Any]] = {}
        """By folder, the marker and the output that was compared with it since this home was opened."""

    def __reduce__(self) -> tuple[type[Home], tuple[str]]:
        return Home, (self.uri,)

    def path(self, relative: str) -> str:
        """Return the full path of a relative one, in the form the file system takes."""
        return f"{self.root.rstrip('/')}/{relative}" if relative else self.root

    def local_path(self, relative: str) -> Path:
        """Return a local path; raises `NotLocalError` on an object store."""
        if not self.is_local:
            raise NotLocalError(
                f"home {self.uri!r} is not a local folder, so {relative!r} has no local path: copy it to one"
            )
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

        Arrow's pool threads may release a Python file object while the interpreter shuts down, and
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
    def local_copy(self, relative: str) -> Iterator[Path]:
        """Yield a local path of a file: its own, or that of a copy fetched from the object store."""
        if self.is_local:
            yield self.local_path(relative)
            return
        with self.scratch_file(Path(relative).suffix) as scratch:
            self.filesystem.get_file(self.path(relative), str(scratch))
            yield scratch

    @contextmanager
    def scratch_file(self, suffix: str) -> Iterator[Path]:
        """Yield a local path to write to; on the home's own disk when it is local, so that
        `install` is a rename. Removed on leaving, unless installed."""
        with writing(self.uri):
            path = scratch_folder(self._scratch_root()) / f"{secrets.token_hex(8)}{suffix}"
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

    def remove(self, relative: str) -> None:
        """Remove a file, if it is there."""
        if self.is_local:
            with writing(self.uri):
                self.local_path(relative).unlink(missing_ok=True)
        elif self.exists(relative):
            self.filesystem.rm_file(self.path(relative))

    def point(self, relative: str, name: str) -> None:
        """Switch a pointer such as `releases/sft/current` to a sibling name, atomically."""
        if not self.is_local:
            self.write_bytes(relative, name.encode())
            return
        link = self.local_path(relative)
        link.parent.mkdir(parents=True, exist_ok=True)
        with self.scratch_file(".link") as fresh:
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
        """Hold the home for one build; a killed build releases it (flock). A no-op on an
        object store, where outputs are idempotent and the scheduler's concurrency limit serves.

        Raises `HomeBusyError` when another process holds it.
        """
        if not self.is_local:
            yield
            return
        with ExitStack() as stack:
            with writing(self.uri):
                self.local_path("").mkdir(parents=True, exist_ok=True)
                stream = stack.enter_context(self.local_path("build.lock").open("a+"))
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HomeBusyError(
                    f"another build is using {self.uri}: wait for it to end, or give a different --home"
                ) from error
            with writing(self.uri):
                root = self._scratch_root()
                root.mkdir(parents=True, exist_ok=True)
                sweep(root)
                for entry in root.iterdir():  # of versions whose processes had no folder of their own
                    if entry.is_file() or entry.is_symlink():
                        entry.unlink(missing_ok=True)
            yield

    def set_aside(self, relative: str) -> str:
        """Move a file or folder that cannot be used to `damaged/`; return its new relative path."""
        number = 1
        while self.exists(moved := f"damaged/{relative}-{number}"):
            number += 1
        if self.is_local:
            with writing(self.uri):
                target = self.local_path(moved)
                target.parent.mkdir(parents=True, exist_ok=True)
                self.local_path(relative).rename(target)
        else:
            self.filesystem.mv(self.path(relative), self.path(moved), recursive=True)
        return moved

    def _scratch_root(self) -> Path:
        if self.is_local:
            return self.local_path("tmp")
        return Path(tempfile.gettempdir()) / f"vincicoder-upload-{os.getuid()}"


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
