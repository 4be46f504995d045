"""`vincicoder release …` and `vincicoder audit`: look at what was built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli import release_checks as cli_release_checks
from flows.cli.tables import print_table
from storage.audit import ask, audit_names, broken_invariants
from storage.home import Home
from storage.release import current_version, read_manifest, release_folder
from vincicoder.config import default_home

if TYPE_CHECKING:
    from pathlib import Path

    from storage.audit import AuditResult
    from storage.manifest import SftManifest

app = typer.Typer(help="Look at releases.", no_args_is_help=True)

HomeOption = Annotated[str | None, typer.Option("--home", help="Where the releases are kept.")]
VersionOption = Annotated[str | None, typer.Option("--release", help="A version; default: the current one.")]

app.command()(cli_release_checks.verify)
app.command()(cli_release_checks.diff)
app.command()(cli_release_checks.check_svg)
app.command()(cli_release_checks.push)

_SHOWN_BY_DEFAULT = ("funnel", "yield_by_source", "rejects_by_reason")


@app.callback()
def release() -> None:
    """Look at releases."""


@app.command()
def show(
    home: HomeOption = None,
    version: VersionOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest.")] = False,
) -> None:
    """Show what a release holds: rows, files, sources and licences."""
    store, found, manifest = _open(home, version)
    if as_json:
        typer.echo(json.dumps(manifest.model_dump(mode="json")))
        return
    console = Console()
    console.print(f"[bold]{found}[/bold] at {store.path(release_folder('sft', found))}", soft_wrap=True)
    console.print(f"rows: {', '.join(f'{split} {rows}' for split, rows in manifest.rows.items())}")
    files = [(file.path, file.rows or "", f"{file.bytes / 1e6:.1f}") for file in manifest.files]
    print_table(("file", "rows", "MB"), files, "Files")
    catalog = _catalog(store, found)
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
    store, found, manifest = _open(home, version)
    catalog = _catalog(store, found)
    try:
        answers = [ask(catalog, question) for question in ([name] if name else _SHOWN_BY_DEFAULT)]
    except KeyError as error:
        typer.echo(f"vincicoder: {error.args[0]}", err=True)
        raise typer.Exit(2) from error
    problems = [] if name else broken_invariants(store, found, manifest)
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
            console.print(f"- {problem}", style="red", soft_wrap=True)
    if problems:
        raise typer.Exit(1)


def _open(home: str | None, version: str | None) -> tuple[Home, str, SftManifest]:
    store = Home(home or default_home())
    found = version or current_version(store, "sft")
    manifest = read_manifest(store, "sft", found) if found else None
    if found is None or manifest is None:
        known = [name for name in store.list_names("releases/sft") if name != "current"]
        typer.echo(
            f"vincicoder: {f'no release {version}' if version else 'no release'} in {store.uri} "
            f"(there: {', '.join(known) or 'none'}). Make one with: vincicoder build sft --home {store.uri}",
            err=True,
        )
        raise typer.Exit(2)
    return store, found, manifest


def _catalog(store: Home, version: str) -> Path:
    return store.local_path(f"{release_folder('sft', version)}/catalog.duckdb")


def _print_result(answer: AuditResult) -> None:
    print_table(answer.columns, answer.rows, answer.title)
