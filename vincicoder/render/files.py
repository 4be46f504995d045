"""Measures and empties the folder of a sample, whatever the sample has done to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

_MODE = 0o700
_LEAST_BYTES = 4096  # that a file or folder counts for, so that empty ones are bounded too


def holds_more_than(folder: Path, allowed: int) -> bool:
    """Return whether what lies below a folder takes more than so many bytes. It may change meanwhile."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                total += max(entry.stat(follow_symlinks=False).st_blocks * 512, _LEAST_BYTES)
                if total > allowed:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return False


def empty_folder(folder: Path) -> None:
    """Remove everything in a folder, also what a sample has locked, linked or nested without end.

    Raises OSError for what cannot be removed.
    """
    if folder.stat().st_mode & 0o777 != _MODE:
        folder.chmod(_MODE)
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        if not entry.is_dir(follow_symlinks=False):
            os.unlink(entry.path)  # noqa: PTH108 (a path object for every file would be slower)
            continue
        with contextlib.suppress(RecursionError):
            shutil.rmtree(entry.path, ignore_errors=True)
        if os.path.lexists(entry.path):  # locked, or nested deeper than Python or a path's length can go
            for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
                subprocess.run([*command, "--", entry.path], check=False, capture_output=True)
        if os.path.lexists(entry.path):
            raise OSError(f"cannot remove {entry.path}")
