"""A home's files in a local folder: scratch files are on the same disk, so installing one is a rename."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from storage.errors import HomeBusyError, writing
from storage.scratch import scratch_folder, sweep

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path


def file_stamp(file: Path) -> str:
    """Return what is another after any write to a file: its size, the times of the last change of content and
    inode, and the inode. Raises FileNotFoundError."""
    found = file.stat()
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


class LocalStore:
    """See `storage.stores.Store`."""

    def __init__(self, root: Path, uri: str) -> None:
        self.root, self._uri = root, uri
        self.scratch_root = root / "tmp"

    def path(self, relative: str) -> str:
        return str(self.root / relative)

    def exists(self, relative: str) -> bool:
        return (self.root / relative).exists()

    def list_names(self, relative: str) -> list[str]:
        try:
            return sorted(entry.name for entry in (self.root / relative).iterdir())
        except FileNotFoundError:
            return []

    def list_holding(self, relative: str, name: str, known: Collection[str] = ()) -> list[str]:
        new = (one for one in self.list_names(relative) if one not in known)
        return [one for one in new if self.exists(f"{relative}/{one}/{name}")]

    def read_bytes(self, relative: str) -> bytes:
        return (self.root / relative).read_bytes()

    @contextmanager
    def local_copy(self, relative: str) -> Iterator[Path]:
        yield self.root / relative

    def stamps(self, folder: str, names: Sequence[str]) -> list[str]:
        """See `file_stamp`."""
        return [file_stamp(self.root / folder / name) for name in names]

    def install(self, scratch: Path, relative: str) -> None:
        target = self.root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("rb") as stream:
            os.fsync(stream.fileno())
        scratch.replace(target)
        _fsync_folder(target.parent)

    def remove(self, relative: str) -> None:
        with writing(self._uri):
            (self.root / relative).unlink(missing_ok=True)

    def move(self, relative: str, moved: str) -> None:
        with writing(self._uri):
            target = self.root / moved
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.root / relative).rename(target)

    def point(self, relative: str, name: str) -> None:
        """Pointers are symbolic links."""
        with writing(self._uri):
            link = self.root / relative
            link.parent.mkdir(parents=True, exist_ok=True)
            fresh = scratch_folder(self.scratch_root) / f"{secrets.token_hex(8)}.link"
            fresh.symlink_to(name)
            fresh.replace(link)
            _fsync_folder(link.parent)

    def resolve_pointer(self, relative: str) -> str | None:
        link = self.root / relative
        return str(link.readlink()) if link.is_symlink() else None

    @contextmanager
    def lock(self, stopping: threading.Event) -> Iterator[None]:
        """A killed build releases it (flock). What dead processes left in the scratch folder goes."""
        with ExitStack() as stack:
            with writing(self._uri):
                self.root.mkdir(parents=True, exist_ok=True)
                stream = stack.enter_context((self.root / "build.lock").open("a+"))
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HomeBusyError(
                    f"another build is using {self._uri}: wait for it to end, or give a different --home"
                ) from error
            with writing(self._uri):
                self.scratch_root.mkdir(parents=True, exist_ok=True)
                sweep(self.scratch_root)
                for entry in self.scratch_root.iterdir():  # of versions without a folder a process
                    if entry.is_file() or entry.is_symlink():
                        entry.unlink(missing_ok=True)
            yield


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
