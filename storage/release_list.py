"""Which releases a home holds, and the folder of the one that a user names."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from storage.manifest import Kind, ManifestError
from storage.release import current_version, read_manifest, release_folder
from storage.release_copy import local_release
from storage.release_facts import ReleaseNotFoundError

if TYPE_CHECKING:
    from storage.home import Home

logger = logging.getLogger("vincicoder")


@dataclass(frozen=True, slots=True)
class ListedRelease:
    """One release of a home. `current` where it is what `current` points to; `rows` are by split."""

    kind: Kind
    version: str
    current: bool
    rows: dict[str, int]
    path: str


def list_releases(home: Home) -> list[ListedRelease]:
    """Return all finished releases, by kind and version."""
    found = []
    for kind in get_args(Kind):
        current = current_version(home, kind)
        for version in home.list_names(f"releases/{kind}"):
            try:
                manifest = None if version == "current" else read_manifest(home, kind, version)
            except ManifestError as error:  # one damaged release must not hide the others
                logger.warning("%s", error)
                continue
            if manifest is not None:
                path = home.path(release_folder(kind, version))
                found.append(ListedRelease(kind, version, version == current, manifest.rows, path))
    return found


def find_release(home: Home, named: str) -> Path:
    """Return the folder of a release: `named` is a folder, a version in the home, or `current` (of the SFT
    releases). One on an object store is fetched. Raises ReleaseNotFoundError."""
    folder = Path(named).expanduser()
    if (folder / "manifest.json").is_file():
        return folder
    releases = list_releases(home)
    for one in releases:
        if named == one.version or (named == "current" and one.current and one.kind == "sft"):
            return local_release(home, one.kind, one.version)
    known = ", ".join(one.version for one in releases)
    known = known or f"none yet (`vincicoder build sft --home {home.uri}` makes one)"
    raise ReleaseNotFoundError(
        f"received release {named!r}; it must be a release's folder, or one of those in {home.uri}: {known}"
    )
