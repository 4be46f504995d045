"""Moves files of a training run that are in the way to another folder; nothing is deleted."""

from __future__ import annotations

from pathlib import Path


def move_aside(path: Path, folder: Path) -> Path:
    """Move a file or folder into `folder`, which is made, and return where it lies now.

    It keeps its name, with a number before it where that name is taken. Both must be on one file system.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / path.name, 0
    while target.exists():
        number += 1
        target = folder / f"{number}-{path.name}"
    return path.rename(target)
