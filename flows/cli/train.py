"""`vincicoder train` and `vincicoder runs`: start, go on, look."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.prefect_server import runs_on_a_server
from flows.cli.tables import print_table
from vincicoder.config import default_home
from vincicoder.train.recipes import GrpoRecipe, RecipeError, SftRecipe, TrainingRecipe, load_recipe_file

app = typer.Typer(help="Train a model on a release.", no_args_is_help=True)
runs_app = typer.Typer(help="Look at training runs.", invoke_without_command=True)

RecipeFile = Annotated[
    Path,
    typer.Option(
        "--recipe", help="A YAML file, or one of the project's own, such as recipes/sft/tiny-cpu.yaml."
    ),
]
HomeOption = Annotated[str | None, typer.Option(help="The home with the release; runs are kept there too.")]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Print the trainer's configuration (verl's validated by it); start nothing."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="End with one line of JSON.")]


@app.command()
def sft(recipe: RecipeFile, home: HomeOption = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Fine-tune with ms-swift on an SFT release, and register the checkpoint.

    Running it again goes on from the last checkpoint, and does nothing where the run has finished.
    """
    if dry_run:
        typer.echo(_dry_run(_load(recipe, SftRecipe), home))
        return
    _report(_train(_load(recipe, SftRecipe), recipe, home), as_json)


@app.command()
def grpo(recipe: RecipeFile, home: HomeOption = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Reinforce with GRPO, by verl or ms-swift, on an RL release, and register the checkpoint."""
    if dry_run:
        typer.echo(_dry_run(_load(recipe, GrpoRecipe), home))
        return
    _report(_train(_load(recipe, GrpoRecipe), recipe, home), as_json)


@runs_app.callback(invoke_without_command=True)
def runs(context: typer.Context, home: HomeOption = None, as_json: Json = False) -> None:
    """List training runs, the newest first."""
    if context.invoked_subcommand:
        return
    from storage.home import Home as OpenHome
    from storage.runs import RunRegistry

    found = RunRegistry(OpenHome(home or default_home())).runs()
    if as_json:
        typer.echo(json.dumps(found))
        return
    columns = ("run_id", "status", "release", "parent", "step", "final_loss", "reason", "checkpoint")
    if found:
        print_table(columns, ([run[name] for name in columns] for run in found))
    else:
        typer.echo("no runs yet: `vincicoder train sft --recipe recipes/sft/tiny-cpu.yaml` makes one")


@runs_app.command()
def show(run_id: str, home: HomeOption = None, as_json: Json = False) -> None:
    """Show one run: its recipe, lineage, checkpoints and metrics."""
    from storage.home import Home as OpenHome
    from storage.runs import RunRegistry

    try:
        run = RunRegistry(OpenHome(home or default_home())).run(run_id)
    except KeyError as error:
        typer.echo(f"vincicoder: {error.args[0]}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(run))
        return
    for name, value in run.items():
        if isinstance(value, list):
            typer.echo(f"{name}:")
            for row in value:
                typer.echo(
                    "  " + ", ".join(f"{key}={entry}" for key, entry in row.items() if entry is not None)
                )
        elif value is not None:
            typer.echo(f"{name}: {json.dumps(value) if isinstance(value, dict) else value}")


@runs_app.command()
def sheets(run_id: str, home: HomeOption = None, as_json: Json = False) -> None:
    """Draw a GRPO run's validation answers beside their targets; also while it runs."""
    from storage.home import Home as OpenHome
    from storage.runs import RunRegistry
    from tasks.training.rollouts import write_answer_sheets

    opened = OpenHome(home or default_home())
    try:
        run = RunRegistry(opened).run(run_id)
    except KeyError as error:
        typer.echo(f"vincicoder: {error.args[0]}", err=True)
        raise typer.Exit(1) from error
    folder = Path(run["folder"])
    write_answer_sheets(opened, run["release"], folder)
    drawn = sorted((folder / "sheets").glob("*.png"))
    if as_json:
        typer.echo(json.dumps([str(path) for path in drawn]))
        return
    typer.echo("\n".join(map(str, drawn)) if drawn else f"{run_id} has no answers to draw")


def _load(path: Path, kind: type[TrainingRecipe]) -> Any:
    recipe = load_recipe_file(path)
    if not isinstance(recipe, kind):
        raise RecipeError(f"recipe {path} is of kind {recipe.kind!r}; use `vincicoder train {recipe.kind}`")
    return recipe


def _train(recipe: TrainingRecipe, path: Path, home: str | None) -> dict[str, Any]:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    where = home or default_home()
    if runs_on_a_server():
        from flows.train import train_grpo, train_sft

        flow = train_sft if isinstance(recipe, SftRecipe) else train_grpo
        return dict(flow(str(path), where))
    from flows.release_report import run_reported
    from flows.step_clock import StepClock
    from storage.home import Home as OpenHome
    from tasks.training.execute import execute_run
    from tasks.training.prepare import prepare_run

    opened = OpenHome(where)
    prepared = prepare_run.fn(opened, recipe, path.stem)
    for check in prepared.checks:
        typer.echo(f"{check.name}: {check.detail}", err=True)
    with run_reported(opened, prepared.run_id):
        return execute_run.fn(opened, prepared, "", StepClock(recipe.max_steps).show)


def _dry_run(recipe: TrainingRecipe, home: str | None) -> str:
    from tasks.training.dry_run import compose_dry_run

    return compose_dry_run(recipe, home or default_home())


def _report(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result))
        return
    loss = "" if result["final_loss"] is None else f", last loss {result['final_loss']:.4f}"
    typer.echo(f"{result['run_id']}: {result['steps']} steps{loss}. Checkpoint: {result['checkpoint']}")
