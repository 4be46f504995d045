"""Empties the folder of a sample, whatever the sample has done to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

_MODE = 0o700


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
