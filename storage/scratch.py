"""Scratch folders: where a process writes files before they are moved to their place.

Each process has a folder of its own, and holds a lock (flock) on the file `alive` in it for as long as it
lives. The kernel releases the lock when the process ends, in any way, so a folder whose lock can be
taken has no owner. That needs no clock and no process ids: it holds across containers, and on file systems
that hosts share, as far as these pass locks on.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALIVE = "alive"


@dataclass(frozen=True, slots=True)
class _Own:
    folder: Path
    alive: IO[Any]


_lock = threading.Lock()
_folders: dict[tuple[int, Path], _Own] = {}


def scratch_folder(root: Path) -> Path:
    """Return this process's folder below `root`; made at the first call, when those of dead processes go."""
    key = (os.getpid(), root)
    with _lock:
        own = _folders.get(key)
        if own is None or not own.folder.is_dir():
            own = _folders[key] = _make(root)
    return own.folder


def sweep(root: Path) -> None:
    """Remove the folders of processes that have ended; those of living ones, wherever they run, stay."""
    with _exclusive(root):
        for folder in root.iterdir():
            if folder.is_dir() and _is_dead(folder):
                shutil.rmtree(folder, ignore_errors=True)


def remove_own_folders() -> None:
    """Remove this process's folders: called when it ends, and before it ends itself at once."""
    for key, own in list(_folders.items()):
        if key[0] == os.getpid():
            del _folders[key]
            shutil.rmtree(own.folder, ignore_errors=True)
            own.alive.close()


atexit.register(remove_own_folders)


def _make(root: Path) -> _Own:
    root.mkdir(parents=True, exist_ok=True)
    sweep(root)
    folder = root / f"{os.getpid()}-{secrets.token_hex(8)}"
    with _exclusive(root):  # so that no sweep sees the folder before its lock is held
        folder.mkdir()
        alive = (folder / _ALIVE).open("w")
        fcntl.flock(alive, fcntl.LOCK_EX)
    return _Own(folder, alive)


def _is_dead(folder: Path) -> bool:
    try:
        with (folder / _ALIVE).open("r+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True


@contextmanager
def _exclusive(root: Path) -> Iterator[None]:
    """One process at a time makes or removes folders below `root`."""
    with root.with_name(f"{root.name}.lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
