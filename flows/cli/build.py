"""`vincicoder build sft`: the whole build from one command, with no server needed."""

from __future__ import annotations

import json
import logging
import shlex
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from flows.cli.dry_run import show_dry_run
from flows.cli.gate import AcceptOption, GateConfigOption, end_if_refused, read_gate
from flows.cli.prefect_server import runs_on_a_server
from flows.cli.tables import print_table
from vincicoder.config import BuildConfig, all_cores, default_home
from vincicoder.refine.config import RefineConfig, load_refine_config

_REASONS_SHOWN = 3

app = typer.Typer(help="Build a training set.", no_args_is_help=True)


HomeOption = Annotated[
    str | None, typer.Option(help="Where outputs and releases are kept: a folder or a URI.")
]


@app.callback()
def build() -> None:
    """Build a training set."""


@app.command()
def sft(
    profile: Annotated[str, typer.Option(help="A named set of sources, or `none`.")] = "packages",
    limit: Annotated[
        int | None, typer.Option(help="Collect this many rows in all, for a quick look.")
    ] = None,
    home: HomeOption = None,
    recipe: Annotated[str, typer.Option(help="A recipe's name or YAML file.")] = "default",
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="A published corpus: NAME reads the hub, NAME=PATH a local copy in its published layout; "
            "may be repeated. `vincicoder sources` lists the names."
        ),
    ] = None,
    source_config: Annotated[
        list[Path] | None,
        typer.Option(help="A YAML file that declares sources of your own; may be repeated."),
    ] = None,
    benchmark: Annotated[
        list[str] | None,
        typer.Option(
            help="A benchmark to keep out, as NAME=FOLDER, NAME=hub or NAME=hub:ID; may be repeated."
        ),
    ] = None,
    shard_rows: Annotated[int, typer.Option(help="Rows a shard.")] = 250,
    workers: Annotated[int | None, typer.Option(help="Renders at a time; default: one a core.")] = None,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Where shards run: here, or on the nodes of a Ray cluster (docs/cluster.md)."),
    ] = "local",
    ray_address: Annotated[
        str, typer.Option(help="HOST:PORT of the cluster's head; `auto` is one that runs on this machine.")
    ] = "auto",
    strict: Annotated[bool, typer.Option(help="A source that is not here is an error.")] = False,
    require_sandbox: Annotated[
        bool, typer.Option(help="Refuse to run when a sandbox layer is missing.")
    ] = False,
    refine: Annotated[
        bool, typer.Option("--refine/--no-refine", help="Add refinement rows: flawed code to be corrected.")
    ] = True,
    refine_share: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Percent of the samples that get a refinement row; default 30."),
    ] = None,
    refine_config: Annotated[
        Path | None,
        typer.Option(help="A YAML file that says who makes flawed code, such as a model's server."),
    ] = None,
    gate_config: GateConfigOption = None,
    accept: AcceptOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and what each quota would yield; start nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
) -> None:
    """Collect, clean, render, verify, deduplicate, compose and publish an SFT release.

    Running it again resumes, and does nothing where nothing changed. With PREFECT_API_URL set the
    build is a flow run on that server; without, it runs here and needs none. A release that lost too much
    against the current one is published but does not take its place: exit 1 says what is lost.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)  # else a line for each request to a model
    home_uri = home or default_home()
    config = BuildConfig(
        profile=None if profile == "none" else profile,
        limit=limit,
        sources=tuple(source or ()),
        source_configs=tuple(source_config or ()),
        recipe=recipe,
        benchmarks=tuple(benchmark or ()),
        shard_rows=shard_rows,
        workers=all_cores() if workers is None else workers,
        engine=engine,
        ray_address=ray_address,
        strict=strict,
        require_sandbox=require_sandbox,
        refine=_refine(refine, refine_share, refine_config),
        gate=read_gate(gate_config),
        accept=accept,
    )
    if dry_run:
        show_dry_run(config, home_uri, as_json)
        return
    result = _run(config, home_uri)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        _print_summary(result, home_uri)
    end_if_refused(result)


def _refine(wanted: bool, share_percent: float | None, file: Path | None) -> RefineConfig:
    if not wanted:
        return RefineConfig(maker="none")
    config = load_refine_config(file) if file else RefineConfig()
    if share_percent is None:
        return config
    return RefineConfig.model_validate({**config.model_dump(), "share_percent": share_percent})


def _run(config: BuildConfig, home_uri: str) -> dict[str, Any]:
    # Prefect takes over a second to import: only a build pays for it.
    if runs_on_a_server():
        from flows.build_sft_data import build_sft_data

        return build_sft_data(
            profile=config.profile,
            limit=config.limit,
            home=home_uri,
            recipe=config.recipe,
            sources=list(config.sources),
            source_configs=[str(path) for path in config.source_configs],
            benchmarks=list(config.benchmarks),
            shard_rows=config.shard_rows,
            workers=config.workers,
            engine=config.engine,
            ray_address=config.ray_address,
            strict=config.strict,
            require_sandbox=config.require_sandbox,
            refine=config.refine.maker != "none",
            refine_share=config.refine.share_percent,
            refine_config=config.refine.model_dump(mode="json"),
            gate=asdict(config.gate),
            accept=config.accept,
        )
    from flows.pipeline import result_json, run_build
    from flows.progress import BuildClock
    from flows.progress.bars import live_bars, terminal
    from flows.progress.lines import Lines
    from flows.release_report import leave_report
    from flows.runners import DirectRunner, build_place, shards_at_once

    with build_place(config) as place:
        runner = DirectRunner(shards_at_once(config), place)
        if terminal():
            with live_bars() as bars:
                result = run_build(config, home_uri, runner, "", BuildClock([bars]))
        else:
            result = run_build(config, home_uri, runner, "", BuildClock([Lines()]))
    report = leave_report(home_uri, result.release, result.version)
    return {**result_json(result), "report": None if report is None else str(report)}


def _print_summary(result: dict[str, Any], home_uri: str) -> None:
    console = Console()
    columns = ("stage", "in", "made", "kept", "rejected", "why")
    print_table(columns, map(_funnel_line, result["funnel"]), f"Funnel of {result['version']}")
    console.print(
        f"{result['collected']} collected: {result['kept']} kept, {result['rejected']} rejected; "
        f"{result['made']} refinement rows made, in {result['seconds']:.0f} s. Release: {result['release']}",
        soft_wrap=True,
        markup=False,
    )
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if result["report"]:
        console.print(f"Report, to open in a browser: {result['report']}")
    console.print("Try next:", style="bold")
    named = f"--home {shlex.quote(home_uri)} --release {result['version']}"
    for command in (
        f"vincicoder audit {named}",
        f"vincicoder browse {result['version']} --home {shlex.quote(home_uri)}",
        f'vincicoder sql "SELECT source, reason, detail FROM rejects LIMIT 10" {named}',
    ):
        console.print(f"  {command}")


def _funnel_line(row: dict[str, Any]) -> tuple[object, ...]:
    reasons = sorted(row["reasons"].items(), key=lambda item: -item[1])
    why = ", ".join(f"{reason} {count}" for reason, count in reasons[:_REASONS_SHOWN]) or "nothing to reject"
    if len(reasons) > _REASONS_SHOWN:
        why += f", and {len(reasons) - _REASONS_SHOWN} other reasons"
    return row["stage"], row["rows_in"], row["rows_made"] or "", row["rows_kept"], row["rows_rejected"], why
