"""Releases of an object store as local folders: DuckDB and trainers read files of a disk.

A copy is kept in this machine's working folder. One listing tells what changed since it was made, so only
that is fetched again, and what was damaged in the store is damaged in the copy.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.release import release_folder
from storage.whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from storage.home import Home

_TAGS = "tags.json"


def local_release(home: Home, kind: str, version: str) -> Path:
    """Return the local folder of a finished release, fetched where the home is on an object store."""
    relative = release_folder(kind, version)
    folder = home.working_path(relative)
    if home.objects is None:
        return folder
    noted = folder.parent / f"{version}.{_TAGS}"
    tags = {path.removeprefix(f"{relative}/"): tag for path, tag in home.objects.tags(relative).items()}
    known = json.loads(noted.read_text(encoding="utf-8")) if noted.is_file() else {}
    for path in [path for path in known if path not in tags]:
        (folder / path).unlink(missing_ok=True)
    for path in sorted(tags, key=lambda one: one == "manifest.json"):  # the manifest last
        if known.get(path) != tags[path] or not (folder / path).is_file():
            with whole_file(folder / path) as part:
                home.objects.download(f"{relative}/{path}", part)
    with whole_file(noted) as part:
        part.write_text(json.dumps(tags), encoding="utf-8")
    return folder
