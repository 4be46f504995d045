"""`vincicoder release …` and `vincicoder audit`: look at what was built."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer
from rich.console import Console
from rich.markup import escape

from flows.cli import release_checks as cli_release_checks
from flows.cli.tables import print_table
from storage.audit import ask, audit_names, broken_invariants
from storage.home import Home
from storage.manifest import ManifestError, load_manifest
from storage.release import current_version
from storage.release_list import list_releases
from vincicoder.config import default_home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.audit import AuditResult
    from storage.manifest import SftManifest

app = typer.Typer(help="Look at releases.", no_args_is_help=True)

HomeOption = Annotated[str | None, typer.Option("--home", help="Where the releases are kept.")]
VersionOption = Annotated[
    str | None, typer.Option("--release", help="A version or a folder; default: the current one.")
]

app.command()(cli_release_checks.verify)
app.command()(cli_release_checks.diff)
app.command()(cli_release_checks.check_svg)
app.command()(cli_release_checks.export)
app.command()(cli_release_checks.push)

_SHOWN_BY_DEFAULT = ("funnel", "yield_by_source", "rejects_by_reason")


@app.callback()
def release() -> None:
    """Look at releases."""


@app.command("list")
def list_all(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """List the releases of a home: SFT sets and RL sets, and which is the current one."""
    store = Home(home or default_home())
    releases = list_releases(store)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in releases]))
        return
    for one in releases:
        rows = ", ".join(f"{split} {count}" for split, count in one.rows.items())
        typer.echo(f"{'*' if one.current else ' '} {one.kind} {one.version}: {rows}; {one.path}")
    if not releases:
        typer.echo(f"no releases in {store.uri}")


@app.command()
def show(
    home: HomeOption = None,
    version: VersionOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Show what a release holds: rows, files, sources and licences."""
    folder, manifest = _open(home, version)
    found = manifest.version
    if as_json:
        typer.echo(json.dumps(manifest.model_dump(mode="json")))
        return
    console = Console()
    console.print(f"[bold]{found}[/bold] at {escape(str(folder))}", soft_wrap=True)
    console.print(f"rows: {', '.join(f'{split} {rows}' for split, rows in manifest.rows.items())}")
    files = [(file.path, file.rows or "", f"{file.bytes / 1e6:.1f}") for file in manifest.files]
    print_table(("file", "rows", "MB"), files, "Files")
    with _readable(folder) as catalog:
        for name in ("yield_by_source", "licenses", "lengths"):
            _print_result(ask(catalog, name))


def audit(
    home: HomeOption = None,
    version: VersionOption = None,
    name: Annotated[
        str | None, typer.Option(help=f"One question: {', '.join(audit_names())}, or an invariant_….")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print answers as JSON.")] = False,
) -> None:
    """Ask a release's catalogue where rows went, and check its invariants: exit 1 when one is broken."""
    folder, manifest = _open(home, version)
    found = manifest.version
    with _readable(folder) as catalog:
        try:
            answers = [ask(catalog, question) for question in ([name] if name else _SHOWN_BY_DEFAULT)]
        except KeyError as error:
            typer.echo(f"vincicoder: {error.args[0]}", err=True)
            raise typer.Exit(2) from error
        problems = [] if name else broken_invariants(folder, manifest)
    if as_json:
        content = {
            answer.name: [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
            for answer in answers
        }
        typer.echo(json.dumps({"release": found, "answers": content, "broken": problems}, default=str))
    else:
        console = Console()
        for answer in answers:
            _print_result(answer)
        if not name:
            console.print(f"{found}: " + ("all invariants hold" if not problems else "BROKEN"), style="bold")
        for problem in problems:
            console.print(f"- {problem}", style="red", soft_wrap=True, markup=False)
    if problems:
        raise typer.Exit(1)


def _open(home: str | None, named: str | None) -> tuple[Path, SftManifest]:
    store = Home(home or default_home())
    if named is None and current_version(store, "sft") is None:
        typer.echo(
            f"vincicoder: no release in {store.uri}. Make one with: vincicoder build sft --home {store.uri}",
            err=True,
        )
        raise typer.Exit(2)
    folder = cli_release_checks.find(named or "current", home).resolve()
    try:
        manifest = load_manifest(folder)
    except ManifestError as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(1) from error
    if manifest.kind != "sft":
        typer.echo(f"vincicoder: {manifest.version} is an RL release, and has no catalogue", err=True)
        raise typer.Exit(2)
    return folder, manifest


@contextmanager
def _readable(folder: Path) -> Iterator[Path]:
    """Yield the path of a release's catalogue; a damaged one is an error with a message."""
    catalog = folder / "catalog.duckdb"
    try:
        yield catalog
    except (duckdb.Error, FileNotFoundError) as error:
        typer.echo(
            f"vincicoder: {catalog} cannot be read: {error}. Building again publishes the release again",
            err=True,
        )
        raise typer.Exit(1) from error


def _print_result(answer: AuditResult) -> None:
    print_table(answer.columns, answer.rows, answer.title)
