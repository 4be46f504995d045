"""`vincicoder evaluate`: judge answers to benchmarks, and compare two such runs."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.prefect_server import runs_on_a_server
from flows.cli.tables import print_table
from vincicoder.config import all_cores, default_home
from vincicoder.render.registry import ROW_LANGUAGES, stacks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flows.evaluation import EvaluationConfig

app = typer.Typer(help="Judge answers to benchmarks.", invoke_without_command=True)

_STACKS = sorted({stack for language in ROW_LANGUAGES for stack in stacks_of(language)}, key=int)
HomeOption = Annotated[str | None, typer.Option(help="The home with the release; results are kept there.")]
Json = Annotated[bool, typer.Option("--json", help="End with one line of JSON for each benchmark.")]


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    answers: Annotated[
        Path | None, typer.Option(help="JSON lines of `item_id` and `answer`: what is judged.")
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="A model that answers: run:latest-sft, run:ID, a folder or a hub id.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="The base URL of an OpenAI-compatible server that answers.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The model's name at the endpoint.")] = None,
    api_key_variable: Annotated[
        str | None, typer.Option(help="The NAME of the environment variable that holds the endpoint's key.")
    ] = None,
    max_tokens: Annotated[int, typer.Option(help="New tokens of an answer at most.", min=1)] = 8192,
    temperature: Annotated[float, typer.Option(help="0 takes the likeliest token.", min=0.0, max=2.0)] = 0.0,
    concurrency: Annotated[int, typer.Option(help="Requests to the endpoint at a time.", min=1)] = 8,
    python: Annotated[
        Path | None, typer.Option(help="The interpreter with transformers or vLLM, where it is not this one.")
    ] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option(
            help="`validation`, the split of a release of our own, or NAME=FOLDER, NAME/PART=FOLDER, "
            "NAME=hub; several are judged one after another."
        ),
    ] = None,
    judge: Annotated[
        Path | None, typer.Option(help="A YAML file: a model that judges the pictures too. It costs.")
    ] = None,
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
        typer.Option(
            help="KIND=FOLDER of weights for a metric: clip, dino, siglip; KIND=FILE: lpips_vgg, lpips_alex, "
            "inception, dreamsim."
        ),
    ] = None,
    stack: Annotated[
        str, typer.Option(help=f"Libraries that draw first: {', '.join(_STACKS)}. Default: the item's own.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Draw and score answers to benchmarks: every metric as published and strict, with intervals.

    Running it again goes on where it was, and does nothing where it was done.
    """
    if context.invoked_subcommand:
        return
    if stack and stack not in _STACKS:
        raise typer.BadParameter(f"received --stack {stack}; allowed are {', '.join(_STACKS)}")
    from flows.evaluation import EvaluationConfig
    from vincicoder.chat.config import ModelConfig
    from vincicoder.evaluate.judge_config import load_judge_config
    from vincicoder.train.recipes import EvaluationSampling, Interpreter

    if (endpoint is None) != (model is None):
        raise typer.BadParameter("--endpoint URL and --model NAME belong together")
    asked = None
    if endpoint is not None and model is not None:
        asked = ModelConfig(
            model=model,
            endpoint=endpoint,
            api_key_variable=api_key_variable,
            max_tokens=max_tokens,
            temperature=temperature,
            concurrency=concurrency,
        )
    benchmarks = benchmark or ["validation"]
    if answers is not None and len(benchmarks) > 1:
        raise typer.BadParameter("a file answers one benchmark: give one --benchmark with --answers")
    config = EvaluationConfig(
        answers=answers,
        checkpoint=checkpoint,
        endpoint=asked,
        judge=None if judge is None else load_judge_config(judge),
        sampling=EvaluationSampling(
            tokens=max_tokens, temperature=temperature, environment=Interpreter(python=python)
        ),
        release=release,
        limit=limit,
        shard_rows=shard_rows,
        workers=all_cores() if workers is None else workers,
        require_sandbox=require_sandbox,
        encoders=_encoders(encoder or []),
        stack=stack,
    )
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    for named in benchmarks:
        _show(_evaluate(replace(config, benchmark=named), home or default_home()), as_json)


def _show(result: dict[str, Any], as_json: bool) -> None:
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
    if result["report"]:
        typer.echo(f"Report, to open in a browser: {result['report']}")


@app.command()
def compare(run_a: str, run_b: str, home: HomeOption = None, as_json: Json = False) -> None:
    """Compare two runs item by item: which is better by each metric, and whether that may be chance."""
    from storage.home import Home
    from tasks.evaluation.compare import compare_runs

    result = compare_runs(Home(home or default_home()), run_a, run_b)
    if as_json:
        typer.echo(json.dumps(result))
        return
    for warning in _warnings(result):
        typer.echo(f"WARNING: {warning}")
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


def _warnings(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps two runs from being compared fairly."""
    if result["fingerprints_differ"]:
        yield f"drawn by different renderers, so not comparable: {', '.join(result['fingerprints_differ'])}"
    if result["models_differ"]:
        yield f"scored by different models, so not comparable: {', '.join(result['models_differ'])}"
    if result["only_a"] or result["only_b"]:
        yield (
            f"compared are the {result['items']} items of both runs; {result['only_a']} more are of a alone, "
            f"{result['only_b']} of b"
        )


def _evaluate(config: EvaluationConfig, home: str) -> dict[str, Any]:
    if runs_on_a_server():
        from flows.evaluate import evaluate as flow

        return dict(flow(**as_parameters(config), home=home))
    from flows.evaluation import run_evaluation
    from flows.runners import DirectRunner
    from storage.home import Home

    return run_evaluation(config, Home(home), DirectRunner(config.workers), flow_run="")


def as_parameters(config: EvaluationConfig) -> dict[str, Any]:
    """Return a configuration as the parameters of the flow."""
    return {
        "answers": None if config.answers is None else str(config.answers),
        "checkpoint": config.checkpoint,
        "endpoint": None if config.endpoint is None else config.endpoint.model_dump(),
        "judge": None if config.judge is None else config.judge.model_dump(),
        "benchmark": config.benchmark,
        "release": config.release,
        "limit": config.limit,
        "shard_rows": config.shard_rows,
        "workers": config.workers,
        "require_sandbox": config.require_sandbox,
        "encoders": dict(config.encoders),
        "stack": config.stack,
        "max_tokens": config.sampling.tokens,
        "temperature": config.sampling.temperature,
        "python": None
        if config.sampling.environment.python is None
        else str(config.sampling.environment.python),
    }


def _encoders(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if any(not (kind and path) for kind, _, path in pairs):
        raise typer.BadParameter(
            f"received {given}; each --encoder is KIND=FOLDER, such as clip=/models/clip"
        )
    return {kind: path for kind, _, path in pairs}
