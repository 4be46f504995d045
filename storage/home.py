"""The home: one folder or object-store prefix that holds every output of every build.

stages/<stage>/<key>/      kept.parquet, rejected.parquet, ..., done.json (written last)
stages/seen.json           what was found whole, and when it was last written to (see `storage.seen`)
releases/sft/<version>/    data/*.parquet, README.md, manifest.json (written last), catalog.duckdb
releases/sft/current       a symbolic link; on an object store a text object with the version
reports/sft/<version>/     report.html, written by a build after its release
tmp/<process>/             files being written; those of ended processes go when the next one starts
damaged/                   outputs and releases that could not be read any more, moved aside

On an object store the names of an output's tables have their content's hash (`kept-<16 hex digits>.parquet`),
and what must lie on a disk (training runs, models) is in a folder of this machine (`working_path`).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import NotLocalError, writing
from storage.scratch import scratch_folder
from storage.seen import SeenFolders
from storage.stores import open_store
from storage.stores.local import LocalStore
from storage.stores.objects import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence


@contextmanager
def open_local_parquet(path: str | os.PathLike[str]) -> Iterator[pq.ParquetFile]:
    """Open a local Parquet file; file and reader are closed on leaving. Read with `use_threads=False`."""
    with pa.OSFile(os.fspath(path)) as source, pq.ParquetFile(source, pre_buffer=False) as file:
        yield file


class Home:
    """A local folder (the default) or a URI such as `s3://bucket/prefix`. Raises `HomeError` for others."""

    def __init__(self, uri: str | os.PathLike[str]) -> None:
        self.uri = os.fspath(uri)
        self._store = open_store(self.uri)
        self.stopping = threading.Event()
        """Set when the build that opened this home is to end: its tasks start nothing more."""
        self.checked: dict[str, tuple[bytes, Any]] = {}
        """By folder, the marker and the output that was compared with it since this home was opened."""
        self.seen = SeenFolders(self)
        """Which folders were compared with their hashes, by this process or by earlier builds."""
        self.read_whole: set[str] = set()
        """The files that were compared with their hashes since this home was opened."""

    def __reduce__(self) -> tuple[Callable[[str], Home], tuple[str]]:
        return shared_home, (self.uri,)

    @property
    def is_local(self) -> bool:
        return isinstance(self._store, LocalStore)

    @property
    def objects(self) -> ObjectStore | None:
        """The object store that the home lies on; None where it is a local folder."""
        return self._store if isinstance(self._store, ObjectStore) else None

    def path(self, relative: str) -> str:
        """Return the full path or URI of a relative path."""
        return self._store.path(relative)

    def local_path(self, relative: str) -> Path:
        """Return a local path; raises `NotLocalError` on an object store."""
        if not isinstance(self._store, LocalStore):
            raise NotLocalError(
                f"home {self.uri!r} is not a local folder, so {relative!r} has no local path: copy it to one"
            )
        return self._store.root / relative

    def working_path(self, relative: str) -> Path:
        """Return where this machine keeps what must lie on a disk: in the home itself where it is a local
        folder, else in the user's data folder, by the home's URI."""
        if isinstance(self._store, LocalStore):
            return self._store.root / relative
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        return data / "vincicoder" / "homes" / hashlib.sha256(self.uri.encode()).hexdigest()[:16] / relative

    def stamps(self, folder: str, names: Sequence[str]) -> list[str]:
        """Return for each file of a folder what is another after any write to it, without reading it. Raises
        FileNotFoundError."""
        return self._store.stamps(folder, names)

    def exists(self, relative: str) -> bool:
        return self._store.exists(relative)

    def list_names(self, relative: str) -> list[str]:
        """Return the sorted names directly under a folder; empty when there is no such folder."""
        return self._store.list_names(relative)

    def list_holding(self, relative: str, name: str, known: Collection[str] = ()) -> list[str]:
        """Return the sorted names of the folders directly under a folder that hold a file of this name; those
        that are `known` are passed over, without a look at their files."""
        return self._store.list_holding(relative, name, known)

    @contextmanager
    def open(self, relative: str) -> Iterator[IO[Any]]:
        """Open a file for reading bytes; seekable, also on object stores."""
        with self.local_copy(relative) as path, path.open("rb") as stream:
            yield stream

    @contextmanager
    def open_parquet(self, relative: str) -> Iterator[pq.ParquetFile]:
        """Open a Parquet file. Read from it with `use_threads=False`.

        Arrow's pool threads may release a Python file object while the interpreter shuts down, and
        that aborts the process; shards are what runs in parallel here, not columns.
        """
        with self.local_copy(relative) as path, open_local_parquet(path) as file:
            yield file

    def read_table(self, relative: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a Parquet file, or some of its columns."""
        with self.open_parquet(relative) as file:
            return file.read(list(columns) if columns is not None else None, use_threads=False)

    def read_columns(self, relative: str, columns: Sequence[str]) -> pa.Table:
        """Read small columns of a Parquet file with large ones, which are not fetched."""
        if self.objects is None:
            return self.read_table(relative, columns)
        with (
            pa.PythonFile(self.objects.open_ranges(relative), "r") as source,
            pq.ParquetFile(source, pre_buffer=False) as file,
        ):
            return file.read(list(columns), use_threads=False)

    def read_bytes(self, relative: str) -> bytes:
        return self._store.read_bytes(relative)

    @contextmanager
    def local_copy(self, relative: str) -> Iterator[Path]:
        """Yield a local path of a file: its own, or that of a copy fetched from the object store."""
        with self._store.local_copy(relative) as path:
            yield path

    @contextmanager
    def scratch_file(self, suffix: str) -> Iterator[Path]:
        """Yield a local path to write to; on the home's own disk when it is local, so that
        `install` is a rename. Removed on leaving, unless installed."""
        with writing(self.uri):
            path = scratch_folder(self._store.scratch_root) / f"{secrets.token_hex(8)}{suffix}"
            try:
                yield path
            finally:
                path.unlink(missing_ok=True)

    def install(self, scratch: Path, relative: str) -> None:
        """Move a finished scratch file to its place: it is there whole, or not at all."""
        self._store.install(scratch, relative)

    def write_bytes(self, relative: str, data: bytes) -> None:
        """Write a small file atomically."""
        with self.scratch_file(".part") as scratch:
            scratch.write_bytes(data)
            self.install(scratch, relative)

    def remove(self, relative: str) -> None:
        """Remove a file, if it is there."""
        self._store.remove(relative)

    def point(self, relative: str, name: str) -> None:
        """Switch a pointer such as `releases/sft/current` to a sibling name, atomically."""
        self._store.point(relative, name)

    def resolve_pointer(self, relative: str) -> str | None:
        """Return the name a pointer holds, or None when it was never set."""
        return self._store.resolve_pointer(relative)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for one build: by a lock of the kernel on a local folder, by a lease on an object
        store. A killed build loses either. What a build has seen whole is kept for the next one.

        Raises `HomeBusyError` when another one holds it.
        """
        with self._store.lock(self.stopping):
            yield
            self.seen.save()

    def set_aside(self, relative: str) -> str:
        """Move a file or folder that cannot be used to `damaged/`; return its new relative path.

        Another thread or machine may have done so already.
        """
        self.checked.pop(relative, None)
        self.read_whole.difference_update(
            [path for path in list(self.read_whole) if path.startswith(f"{relative}/")]
        )
        number = 1
        while self.exists(moved := f"damaged/{relative}-{number}"):
            number += 1
        try:
            self._store.move(relative, moved)
        except FileNotFoundError:
            return f"damaged/{relative}-{max(number - 1, 1)}"
        return moved


@cache
def shared_home(uri: str) -> Home:
    """Return the home of a URI that all of this process shares: where tasks are sent to other processes."""
    return Home(uri)
