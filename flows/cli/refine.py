"""`vincicoder refine`: look at refinement samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.release_checks import AsJson
from storage.home import Home
from storage.outputs import find_output
from storage.release import current_version, read_manifest
from vincicoder.config import default_home
from vincicoder.render.registry import LANGUAGE_OF_SUFFIX, language_of_file

app = typer.Typer(help="Look at refinement samples.", no_args_is_help=True)


@app.callback()
def refine() -> None:
    """Look at refinement samples."""


@app.command()
def sheet(
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG to write.", dir_okay=False)],
    home: Annotated[str | None, typer.Option(help="Where the release was built.")] = None,
    version: Annotated[str | None, typer.Option("--release", help="Default: the current one.")] = None,
    pairs: Annotated[int, typer.Option(min=1, help="How many samples to show.")] = 40,
) -> None:
    """Draw targets beside what their flawed code draws, spread over domains and kinds of faults."""
    from tasks.checks.flaw_sheet import flaw_sheet

    store = Home(home or default_home())
    found = version or current_version(store, "sft")
    manifest = read_manifest(store, "sft", found) if found else None
    if manifest is None:
        named = f"release {version}" if version else "current release"
        advice = "`vincicoder release list` lists them, `vincicoder build sft` makes one"
        typer.echo(f"vincicoder: no {named} in {store.uri}: {advice}", err=True)
        raise typer.Exit(2)
    outputs = [find_output(store, "compose", key) for key in manifest.stage_outputs]
    try:
        picture = flaw_sheet(store, [one for one in outputs if one is not None], pairs)
    except ValueError as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(1) from error
    output.write_bytes(picture)


@app.command()
def costs(home: Annotated[str | None, typer.Option(help="Where the build ran.")] = None) -> None:
    """Print what each answer of a model took, as JSON lines, with a total after each model's."""
    from tasks.model_answers import cost_log

    for record in cost_log(Home(home or default_home())):
        typer.echo(json.dumps(record))


@app.command("try")
def try_(
    file: Annotated[
        Path, typer.Argument(help="A program; its suffix tells the language.", exists=True, dir_okay=False)
    ],
    rounds: Annotated[int, typer.Option(min=1, help="How many flaws to make.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Show the faults that mutation makes in a program, with nothing rendered."""
    from vincicoder.refine.mutation import mutate

    language = language_of_file(file.name)
    if language is None:
        typer.echo(f"vincicoder: received {file}; known are {', '.join(LANGUAGE_OF_SUFFIX)}", err=True)
        raise typer.Exit(2)
    code = file.read_text("utf-8", errors="replace")
    flaws = [mutate(file.name, language, code, number) for number in range(rounds)]
    if as_json:
        found = [{"kinds": flaw.kinds, "detail": flaw.detail, "code": flaw.code} for flaw in flaws if flaw]
        typer.echo(json.dumps(found))
        return
    for flaw in flaws:
        typer.echo(f"{'+'.join(flaw.kinds)}: {flaw.detail}" if flaw else "no fault can be made here")
