"""Writes packages as the package managers lay them out, with small content of our own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vincicoder.sample import RawSample
    from vincicoder.sources.base import Source


def write_npm_package(corpora: Path, name: str, version: str, files: Mapping[str, str]) -> Path:
    """Write an npm package under the corpora folder and return its folder."""
    folder = corpora / "npm" / "node_modules" / name
    write_files(folder, {"package.json": json.dumps({"name": name, "version": version}), **files})
    return folder


def write_debian_documentation(corpora: Path, package: str, version: str, files: Mapping[str, str]) -> None:
    """Write documentation as the fetch script unpacks it, with the package's changelog."""
    root = corpora / "debian"
    changelog = f"usr/share/doc/{package}/changelog.Debian.gz"
    write_files(root, {changelog: f"{package} ({version}) unstable; urgency=low\n", **files})


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write each text under its relative path, gzipped where the path ends in .gz."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)


def all_rows(source: Source) -> list[RawSample]:
    """Return every row of a source, and check that parts of it read alike."""
    count = source.count()
    rows = list(source.rows(0, count))
    assert len(rows) == count
    middle = count // 2
    assert [*source.rows(0, middle), *source.rows(middle, count)] == rows
    return rows


def by_name(sources: Iterable[Source], name: str) -> Source:
    """Return the source of that name."""
    return next(source for source in sources if source.info.name == name)
