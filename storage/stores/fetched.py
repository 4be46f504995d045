"""Local copies of objects, bounded in bytes: the ones used longest ago go first."""

from __future__ import annotations

import os
import secrets
import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import HomeError
from storage.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_VARIABLE = "VINCICODER_SCRATCH_MB"
_LIMIT_MB = 4096


def share_scratch(processes: int) -> None:
    """Let the copies of this process take its share only of what so many of them may take together.

    Raises HomeError.
    """
    os.environ[_VARIABLE] = str(max(_limit_mb() // processes, 1))


def _limit_mb() -> int:
    given = os.environ.get(_VARIABLE) or str(_LIMIT_MB)
    if not given.isascii() or not given.isdigit():
        raise HomeError(f"{_VARIABLE} is {given!r}; it must be a whole number of megabytes")
    return int(given)


@dataclass(slots=True)
class Copy:
    """A local copy of one object; `tag` is that of the object's content, None before it was fetched."""

    file: Path
    tag: str | None = None
    bytes: int = 0
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class FetchedFiles:
    """The copies of one process, below its scratch folder; they go when the process ends.

    They take `$VINCICODER_SCRATCH_MB` at most (4,096 by default), beside those in use.
    """

    def __init__(self, scratch_root: Path) -> None:
        self._root = scratch_root
        self._limit = _limit_mb() * 1_000_000
        self._lock = threading.Lock()
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._bytes = 0

    @contextmanager
    def holding(self, name: str, fetch: Callable[[Copy], None]) -> Iterator[Path]:
        """Yield the local copy of an object; it stays until left. `fetch` brings it up to date, one caller at
        a time."""
        with self._lock:
            if name not in self._copies:
                self._copies[name] = Copy(scratch_folder(self._root) / secrets.token_hex(12))
            copy = self._copies[name]
            self._copies.move_to_end(name)
            copy.users += 1
        try:
            with copy.lock:
                fetch(copy)
                self._count(copy)
            yield copy.file
        finally:
            with self._lock:
                copy.users -= 1

    def _count(self, copy: Copy) -> None:
        """Add up what a copy takes now; where that is too much in all, remove those used longest ago."""
        size = _size(copy.file)
        with self._lock:
            self._bytes += size - copy.bytes
            copy.bytes = size
            if self._bytes <= self._limit:
                return
            for name, other in list(self._copies.items()):
                if self._bytes <= self._limit:
                    break
                if other.users == 0:
                    del self._copies[name]
                    other.file.unlink(missing_ok=True)
                    self._bytes -= other.bytes


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
