"""Where the embedded corpora lie on this machine, and which version of each is there."""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path

from vincicoder.program_output import output_of
from vincicoder.sources.base import SourceUnavailableError

CORPORA_VARIABLE = "VINCICODER_CORPORA"
FETCH_COMMAND = "vincicoder setup corpora"


def corpora_folder() -> Path:
    """Return the folder that holds fetched packages: `$VINCICODER_CORPORA`, or the user's data folder."""
    chosen = os.environ.get(CORPORA_VARIABLE)
    if chosen:
        return Path(chosen)
    data_home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data_home) / "vincicoder" / "corpora"


def npm_package(name: str) -> Path:
    """Return the folder of an npm package. Raises `SourceUnavailableError` when it is not installed."""
    folder = corpora_folder() / "npm" / "node_modules" / name
    if not (folder / "package.json").is_file():
        raise SourceUnavailableError(
            f"npm package {name!r} is not at {folder}: run {FETCH_COMMAND}, "
            f"or set {CORPORA_VARIABLE} to the folder where it was fetched"
        )
    return folder


def npm_version(name: str) -> str:
    """Return `name@version` of an npm package, from its own package.json."""
    description = json.loads((npm_package(name) / "package.json").read_text(encoding="utf-8"))
    return f"{name}@{description['version']}"


def pypi_package(name: str) -> Path:
    """Return the folder of an unpacked PyPI archive, the newest by name when several lie there.

    Raises `SourceUnavailableError` when none does.
    """
    parent = corpora_folder() / "pypi"
    found = sorted(parent.glob(f"{name}-*"))
    if not found:
        raise SourceUnavailableError(
            f"PyPI package {name!r} is not unpacked under {parent}: run {FETCH_COMMAND}, "
            f"or set {CORPORA_VARIABLE} to the folder where it was fetched"
        )
    return found[-1]


def pypi_version(name: str) -> str:
    """Return `name==version` of an unpacked PyPI archive, from its folder's name."""
    return f"{name}=={pypi_package(name).name.removeprefix(f'{name}-')}"


def debian_path(package: str, path: str) -> Path:
    """Return where a Debian package's file or folder `path` (with no leading slash) lies.

    Looks in the system, then under the corpora folder, where the fetch script unpacks packages whose
    documentation the system's dpkg is configured to leave out. Raises `SourceUnavailableError`.
    """
    for root in (Path("/"), corpora_folder() / "debian"):
        if (root / path).exists():
            return root / path
    raise SourceUnavailableError(
        f"Debian package {package!r} has no /{path} here: run `apt-get install {package}`, "
        f"then {FETCH_COMMAND}"
    )


@cache
def debian_version(package: str) -> str:
    """Return `package=version` from dpkg, or from the package's changelog where dpkg does not know it."""
    query = output_of(["dpkg-query", "--show", "--showformat=${Version}", package])
    if query is not None and query.code == 0 and query.printed:
        return f"{package}={query.printed}"
    changelog = debian_path(package, f"usr/share/doc/{package}/changelog.Debian.gz")
    with gzip.open(changelog, "rt", encoding="utf-8") as lines:
        return f"{package}={lines.readline().split('(', 1)[1].split(')', 1)[0]}"
