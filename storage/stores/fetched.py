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

from storage.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIMIT_MB = 4096


@dataclass(slots=True)
class Copy:
    """A local copy of one object; `tag` is that of the object's content, None before it was fetched."""

    file: Path
    tag: str | None = None
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class FetchedFiles:
    """The copies of one process, below its scratch folder; they go when the process ends.

    They take `$VINCICODER_SCRATCH_MB` at most (4,096 by default), beside those in use.
    """

    def __init__(self, scratch_root: Path) -> None:
        self._root = scratch_root
        self._limit = int(os.environ.get("VINCICODER_SCRATCH_MB", _LIMIT_MB)) * 1_000_000
        self._lock = threading.Lock()
        self._copies: OrderedDict[str, Copy] = OrderedDict()

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
            self._trim()
            yield copy.file
        finally:
            with self._lock:
                copy.users -= 1

    def _trim(self) -> None:
        with self._lock:
            sizes = {name: _size(copy.file) for name, copy in self._copies.items()}
            total = sum(sizes.values())
            for name in list(self._copies):
                if total <= self._limit:
                    break
                if self._copies[name].users == 0:
                    self._copies.pop(name).file.unlink(missing_ok=True)
                    total -= sizes[name]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
