"""Releases of an object store as local folders: DuckDB and trainers read files of a disk.

A copy is kept in this machine's working folder. One listing tells what changed since it was made, and sizes
and times of its files what was done to them here, so only that is fetched again. What was damaged in the
store is damaged in the copy.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from storage.release import release_folder
from storage.stores.local import file_stamp
from storage.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from storage.home import Home

_NOTED = "fetched.json"


def local_release(home: Home, kind: str, version: str) -> Path:
    """Return the local folder of a finished release, fetched where the home is on an object store."""
    relative = release_folder(kind, version)
    folder = home.working_path(relative)
    if home.objects is None:
        return folder
    noted = folder.parent / f"{version}.{_NOTED}"
    tags = {path.removeprefix(f"{relative}/"): tag for path, tag in home.objects.tags(relative).items()}
    known = _read(noted)
    for path in [path for path in known if path not in tags]:
        (folder / path).unlink(missing_ok=True)
    for path in sorted(tags, key=lambda one: one == "manifest.json"):  # the manifest last
        if known.get(path) != _fetched(tags[path], folder / path):
            with whole_file(folder / path) as part:
                home.objects.download(f"{relative}/{path}", part)
    with whole_file(noted) as part:
        fetched = {path: _fetched(tag, folder / path) for path, tag in tags.items()}
        part.write_text(json.dumps(fetched), encoding="utf-8")
    return folder


def _read(noted: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(noted.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # not there, or cut off: all is fetched
        return {}


def _fetched(tag: str, file: Path) -> list[str]:
    """The object that a file was fetched from, and the file's stamp; empty where there is none."""
    try:
        return [tag, file_stamp(file)]
    except FileNotFoundError:
        return []
