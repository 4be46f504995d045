"""`vincicoder evaluate`: judge answers to a benchmark, and compare two such runs."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.prefect_server import runs_on_a_server
from flows.cli.tables import print_table
from vincicoder.config import default_home
from vincicoder.render.registry import ROW_LANGUAGES, stacks_of

app = typer.Typer(help="Judge answers to a benchmark.", invoke_without_command=True)

_STACKS = sorted({stack for language in ROW_LANGUAGES for stack in stacks_of(language)}, key=int)
HomeOption = Annotated[str | None, typer.Option(help="The home with the release; results are kept there.")]
Json = Annotated[bool, typer.Option("--json", help="End with one line of JSON.")]


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    answers: Annotated[
        Path | None, typer.Option(help="JSON lines of `item_id` and `answer`: what is judged.")
    ] = None,
    benchmark: Annotated[
        str, typer.Option(help="Whose items: `validation`, the split of a release of our own.")
    ] = "validation",
    release: Annotated[str, typer.Option(help="The release whose validation split it is.")] = "current",
    limit: Annotated[int | None, typer.Option(help="Judge the first items only.", min=1)] = None,
    home: HomeOption = None,
    shard_rows: Annotated[int, typer.Option(help="Items a shard: what a killed run loses.", min=1)] = 50,
    workers: Annotated[int | None, typer.Option(help="Programs drawn at once.", min=1)] = None,
    require_sandbox: Annotated[
        bool, typer.Option("--require-sandbox", help="Fail where a layer of the sandbox is missing.")
    ] = False,
    encoder: Annotated[
        list[str] | None,
        typer.Option(help="KIND=FOLDER of weights for a metric: clip, dino, siglip, lpips_vgg, lpips_alex."),
    ] = None,
    stack: Annotated[
        str, typer.Option(help=f"Libraries that draw first: {', '.join(_STACKS)}. Default: the item's own.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Draw and score answers to a benchmark: every metric as published and strict, with intervals.

    Running it again goes on where it was, and does nothing where it was done.
    """
    if context.invoked_subcommand:
        return
    if stack and stack not in _STACKS:
        raise typer.BadParameter(f"received --stack {stack}; allowed are {', '.join(_STACKS)}")
    if answers is None:
        raise typer.BadParameter("say whose answers are judged: --answers FILE.jsonl")
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    kept_in = home or default_home()
    result = _evaluate(
        answers,
        benchmark,
        release,
        limit,
        kept_in,
        shard_rows,
        workers,
        require_sandbox,
        _encoders(encoder or []),
        stack,
    )
    if as_json:
        typer.echo(json.dumps(result))
        return
    columns = ("metric", "reference", "strict", "low", "high")
    print_table(
        columns,
        [
            (name, *("" if of[mode] is None else f"{of[mode]:.4f}" for mode in columns[1:]))
            for name, of in result["metrics"].items()
        ],
        title=f"{result['run_id']}: {result['items']} items",
    )
    if result["not_measured"]:
        typer.echo(f"Not measured, for want of weights (--encoder): {', '.join(result['not_measured'])}")
    typer.echo(f"Items, report and sheet: {result['folder']}")


@app.command()
def compare(run_a: str, run_b: str, home: HomeOption = None, as_json: Json = False) -> None:
    """Compare two runs item by item: which is better by each metric, and whether that may be chance."""
    from storage.home import Home
    from tasks.evaluation.compare import compare_runs

    result = compare_runs(Home(home or default_home()), run_a, run_b)
    if as_json:
        typer.echo(json.dumps(result))
        return
    for part, metrics in (("all", result["metrics"]), *result["domains"].items()):
        print_table(
            ("metric", "a", "b", "b - a", "95 % interval", "p (Holm)", "better", "items"),
            [
                (
                    *(name, f"{of['a']:.4f}", f"{of['b']:.4f}", f"{of['difference']:+.4f}"),
                    *(f"{of['low']:+.4f} to {of['high']:+.4f}", f"{of['p_adjusted']:.4f}"),
                    *(of["better"] or "-", of["items"]),
                )
                for name, of in metrics.items()
            ],
            title=f"\n{part}: a is {run_a}, b is {run_b}; strict scores",
        )
    if result["only_a"] or result["only_b"]:
        typer.echo(f"Items of one run alone: {result['only_a']} of a, {result['only_b']} of b.")
    if result["fingerprints_differ"]:
        typer.echo(
            f"Drawn by different renderers, so not comparable: {', '.join(result['fingerprints_differ'])}."
        )


def _evaluate(
    answers: Path,
    benchmark: str,
    release: str,
    limit: int | None,
    home: str,
    shard_rows: int,
    workers: int | None,
    require_sandbox: bool,
    encoders: dict[str, str],
    stack: str,
) -> dict[str, Any]:
    if runs_on_a_server():
        from flows.evaluate import evaluate as flow

        return dict(
            flow(
                *(str(answers), benchmark, release, limit, home, shard_rows, workers),
                *(require_sandbox, encoders, stack),
            )
        )
    from flows.evaluation import EvaluationConfig, run_evaluation
    from flows.runners import DirectRunner
    from storage.home import Home

    at_once = workers or os.cpu_count() or 1
    config = EvaluationConfig(
        answers=answers,
        benchmark=benchmark,
        release=release,
        limit=limit,
        shard_rows=shard_rows,
        workers=at_once,
        require_sandbox=require_sandbox,
        encoders=encoders,
        stack=stack,
    )
    return run_evaluation(config, Home(home), DirectRunner(at_once), flow_run="")


def _encoders(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if any(not (kind and path) for kind, _, path in pairs):
        raise typer.BadParameter(
            f"received {given}; each --encoder is KIND=FOLDER, such as clip=/models/clip"
        )
    return {kind: path for kind, _, path in pairs}
