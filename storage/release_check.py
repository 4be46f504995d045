"""Checks that a release is unchanged since it was published; a damaged one is moved to `damaged/`."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Literal, overload

import duckdb

from storage.audit import broken_in_catalog, wrong_files
from storage.catalog import open_catalog
from storage.home import Home
from storage.manifest import ManifestError
from storage.memo import read_memo, write_memo
from storage.outputs import file_sha256, stream_sha256
from storage.release import read_manifest, release_folder
from storage.rl_release import reference_problems

if TYPE_CHECKING:
    from pathlib import Path

    from storage.manifest import Kind, RlManifest, SftManifest

logger = logging.getLogger("vincicoder")


@overload
def whole_release(home: Home, kind: Literal["sft"], version: str) -> SftManifest | None: ...
@overload
def whole_release(home: Home, kind: Literal["rl"], version: str) -> RlManifest | None: ...
def whole_release(home: Home, kind: Kind, version: str) -> SftManifest | RlManifest | None:
    """Return the manifest of a release whose every file is as it was published, or None.

    A release that is damaged, in its manifest, data, card, catalogue or references, is moved to `damaged/`.
    The files of an SFT release are read where they are not as they were when they were last read, or written
    (`storage.seen`); those of an RL release always.
    """
    folder, stamp = release_folder(kind, version), ""
    try:
        manifest = read_manifest(home, kind, version)
        if manifest is not None:
            stamp = _stamp(home, manifest)
            if home.seen.holds(folder, stamp):
                return manifest
        problems = release_problems(home, manifest) if manifest is not None else []
    except ManifestError as error:
        manifest, problems = None, [str(error)]
    if not problems:
        home.seen.note(folder, stamp)
        return manifest
    moved = home.set_aside(folder)
    logger.warning(
        "release %s is damaged (%s): moved to %s, published again",
        version,
        "; ".join(problems[:3]),
        home.path(moved),
    )
    return None


def release_problems(home: Home, manifest: SftManifest | RlManifest) -> list[str]:
    """Return what of a release is not as it was published, in words; empty when all is."""
    folder = release_folder(manifest.kind, manifest.version)
    release = Home(f"{home.uri.rstrip('/')}/{folder}")
    problems = wrong_files(release, manifest.files)
    if manifest.kind == "sft":
        return problems + _catalog_problems(home, f"{folder}/catalog.duckdb", manifest)
    return problems or list(reference_problems(home, manifest.version).values())


def note_published(home: Home, manifest: SftManifest) -> None:
    """Note that a release was just written: each of its files was hashed on its way."""
    home.seen.note(release_folder("sft", manifest.version), _stamp(home, manifest))


def _stamp(home: Home, manifest: SftManifest | RlManifest) -> str:
    if manifest.kind == "rl":
        return ""
    names = [*(file.path for file in manifest.files), "catalog.duckdb"]
    catalog = json.dumps(read_memo(home, _catalog_memo(manifest.version)))
    folder = release_folder("sft", manifest.version)
    return home.seen.stamp(folder, names, manifest.to_json() + catalog.encode())


def remember_catalog(home: Home, version: str, catalog: Path) -> None:
    """Keep the hash of a catalogue: it holds measured times, so the manifest cannot."""
    write_memo(home, _catalog_memo(version), file_sha256(catalog))


def _catalog_memo(version: str) -> str:
    return f"stages/publish/{version}.catalog.json"


def _catalog_problems(home: Home, path: str, manifest: SftManifest) -> list[str]:
    if not home.exists(path):
        return ["catalog.duckdb is missing"]
    remembered = read_memo(home, _catalog_memo(manifest.version))
    if remembered is not None:
        with home.open(path) as stream:
            same = stream_sha256(stream) == remembered
        return [] if same else ["catalog.duckdb is not what was published: its sha256 differs"]
    try:
        with home.local_copy(path) as catalog:
            return broken_in_catalog(catalog, sum(manifest.rows.values())) + unreadable_tables(catalog)
    except duckdb.Error as error:
        return [f"catalog.duckdb cannot be read: {error}"]


def unreadable_tables(catalog: Path) -> list[str]:
    """Read every table of a catalogue whole, which makes DuckDB check each block; return those it refuses."""
    problems = []
    with open_catalog(catalog) as database:
        query = "SELECT table_name FROM duckdb_tables() ORDER BY ALL"
        for (name,) in database.execute(query).fetchall():
            try:
                database.execute(f'SELECT bit_xor(hash(everything)) FROM "{name}" AS everything')
            except duckdb.Error as error:
                problems.append(f"table {name} of the catalogue cannot be read: {error}")
    return problems
