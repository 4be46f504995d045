"""Measures and empties the folder of a sample, whatever the sample has done to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from vincicoder.render.sandbox.namespaces import LEAST_BYTES
from vincicoder.sample import DataFile

_MODE = 0o700
_READ_ONLY = 0o400


def holds_more_than(folder: Path, allowed: int) -> bool:
    """Return whether what lies below a folder takes more than so many bytes. It may change meanwhile."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                total += max(entry.stat(follow_symlinks=False).st_blocks * 512, LEAST_BYTES)
                if total > allowed:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return False


def lay_files(folder: Path, files: Iterable[DataFile]) -> None:
    """Write data files below the folder of a sample, before it runs. Raises OSError."""
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(_READ_ONLY)


def empty_folder(folder: Path) -> None:
    """Remove everything in a folder, also what a sample has locked, linked or nested without end.

    Raises OSError for what cannot be removed.
    """
    with contextlib.suppress(OSError):  # a file system that has none
        for name in os.listxattr(folder):  # access lists too, which new files would inherit
            os.removexattr(folder, name)
    if folder.stat().st_mode & 0o7777 != _MODE:
        folder.chmod(_MODE)
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)  # noqa: PTH108 (a path object for every file would be slower)
    folders = _remove_folders(entry.path for entry in found)
    if folders:  # locked
        subprocess.run(["chmod", "-R", "u+rwx", "--", str(folder)], check=False, capture_output=True)
        folders = _remove_folders(folders)
    for path in folders:  # nested deeper than Python or a path's length can go
        subprocess.run(["rm", "-rf", "--", path], check=False, capture_output=True)
        if os.path.lexists(path):
            raise OSError(f"cannot remove {path}")


def _remove_folders(paths: Iterable[str]) -> list[str]:
    """Remove those of these folders that are there; return what is left of them."""
    left = []
    for path in paths:
        if os.path.lexists(path):
            with contextlib.suppress(RecursionError):
                shutil.rmtree(path, ignore_errors=True)
            if os.path.lexists(path):
                left.append(path)
    return left
