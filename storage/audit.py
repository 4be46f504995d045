"""Audits: named queries of a catalogue, kept as SQL files, and invariants that must hold.

`audits/<name>.sql` answers a question; `audits/invariant_<name>.sql` must return no row. The first
comment line of each file says what it asks or demands.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from storage.catalog import open_catalog
from storage.home import Home
from storage.outputs import stream_sha256
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.manifest import ReleaseFile, SftManifest

_PREFIX = "invariant_"
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The rows an audit gave."""

    name: str
    title: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


def audit_names() -> list[str]:
    """Return the names of the questions, invariants left out."""
    return [name for name in _names() if not name.startswith(_PREFIX)]


def ask(catalog: Path, name: str) -> AuditResult:
    """Run one named audit on a catalogue. Raises KeyError naming the known ones."""
    if name not in _names():
        raise KeyError(f"received audit {name!r}; known are {', '.join(_names())}")
    query = (files("storage") / "audits" / f"{name}.sql").read_text("utf-8")
    with open_catalog(catalog) as database:
        result = database.execute(query)
        columns = [column[0] for column in result.description or []]
        return AuditResult(name, query.splitlines()[0].removeprefix("--").strip(), columns, result.fetchall())


class BrokenInvariantsError(UserError):
    """A build's own counts contradict each other: nothing of it may be published."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            f"{len(self.problems)} broken invariants, nothing is published: {'; '.join(self.problems[:5])}"
        )

    def __reduce__(self) -> tuple[type[BrokenInvariantsError], tuple[list[str]]]:
        return type(self), (self.problems,)


def require_invariants(catalog: Path) -> None:
    """Raise `BrokenInvariantsError` where a catalogue breaks an invariant, such as the balance of counts.

    Publishing asks this before a release becomes the current one, so that such a build fails.
    """
    problems = _broken_in(catalog)
    if problems:
        raise BrokenInvariantsError(problems)


def _broken_in(catalog: Path) -> list[str]:
    problems = []
    for name in _names():
        if name.startswith(_PREFIX):
            answer = ask(catalog, name)
            problems += [
                f"{answer.title}: {dict(zip(answer.columns, row, strict=True))}" for row in answer.rows[:5]
            ]
    return problems


def broken_invariants(folder: Path, manifest: SftManifest) -> list[str]:
    """Return what is wrong with an SFT release in `folder`, in words; empty when all holds.

    The catalogue's invariants are checked, and the data files against the manifest and the catalogue.
    """
    stated = sum(file.rows or 0 for file in manifest.files)
    return broken_in_catalog(folder / "catalog.duckdb", stated) + wrong_files(Home(folder), manifest.files)


def broken_in_catalog(catalog: Path, stated: int) -> list[str]:
    """Return which invariants a catalogue breaks, and whether it has not the `stated` number of samples."""
    problems = _broken_in(catalog)
    with open_catalog(catalog) as database:
        counted = database.execute("SELECT count(*) FROM samples").fetchone()
    if counted is None or counted[0] != stated:
        problems.append(f"the catalogue has {counted and counted[0]} samples, the manifest {stated}")
    return problems


def wrong_files(release: Home, files: Sequence[ReleaseFile]) -> list[str]:
    """Return which files of a release are missing or not what its manifest says. `release` is opened at the
    release's folder."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # hashing lets other threads work
        found = pool.map(lambda file: _what_is_wrong(release, file), files)
        return [problem for problem in found if problem]


def _what_is_wrong(release: Home, file: ReleaseFile) -> str | None:
    try:
        with release.open(file.path) as stream:
            digest = stream_sha256(stream)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        return f"{file.path} {'is missing' if missing else f'cannot be read: {error}'}"
    if digest != file.sha256:
        return f"{file.path} is not what was published: its sha256 differs from the manifest"
    if file.rows is not None:
        with release.open_parquet(file.path) as parquet:
            if parquet.metadata.num_rows != file.rows:
                return f"{file.path} has {parquet.metadata.num_rows} rows, not {file.rows}"
    return None


def _names() -> list[str]:
    folder = files("storage") / "audits"
    return sorted(
        entry.name.removesuffix(".sql") for entry in folder.iterdir() if entry.name.endswith(".sql")
    )
