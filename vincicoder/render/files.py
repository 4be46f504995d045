"""Empties the folder of a sample, whatever the sample has done to it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_MODE = 0o700


def empty_folder(folder: Path) -> None:
    """Remove everything in a folder, also what a sample has locked or linked."""
    if folder.stat().st_mode & 0o777 != _MODE:
        folder.chmod(_MODE)
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        path = Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            path.unlink()
            continue
        shutil.rmtree(path, ignore_errors=True)
        if os.path.lexists(path):
            path.chmod(_MODE)
            for parent, names, _ in os.walk(path):
                for inner in (Path(parent, name) for name in names):
                    if not inner.is_symlink():
                        inner.chmod(_MODE)
            shutil.rmtree(path)
