"""`vincicoder build rl`: choose an RL set from a published SFT release."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.gate import AcceptOption, GateConfigOption, end_if_refused, read_gate
from flows.cli.prefect_server import runs_on_a_server
from vincicoder.config import default_home


def rl(
    recipe: Annotated[str, typer.Option(help="`default`, `vincicoder-42k`, or a YAML file.")] = "default",
    release: Annotated[str, typer.Option(help="The SFT release to choose from.")] = "current",
    limit: Annotated[int | None, typer.Option(help="Choose at most this many rows.", min=1)] = None,
    home: Annotated[str | None, typer.Option(help="The home with the SFT release.")] = None,
    strict: Annotated[bool, typer.Option(help="A domain that falls short is an error.")] = False,
    checkpoint: Annotated[
        str | None,
        typer.Option(help="Sample answers from this model (a folder, or run:latest-sft) to tell difficulty."),
    ] = None,
    environment: Annotated[
        Path | None,
        typer.Option(
            metavar="PYTHON",
            help="The interpreter of the environment that samples: one with vLLM. Default: the recipe's "
            "`sampling.environment.python`, else this one.",
        ),
    ] = None,
    answers: Annotated[
        int | None, typer.Option(help="Answers sampled a row; the recipe says 4.", min=2)
    ] = None,
    tokens: Annotated[
        int | None, typer.Option(help="Tokens an answer may have; the recipe says 10,240.", min=1)
    ] = None,
    gate_config: GateConfigOption = None,
    accept: AcceptOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
) -> None:
    """Choose verified rows by domain and difficulty, and publish them for verl, EasyR1 and ms-swift.

    A release that lost too much against the current one is published but does not take its place: exit 1 says
    what is lost.
    """
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    from flows.rl_set import build_rl_set
    from storage.home import Home
    from tasks.rl.sample_answers import sample_rewards
    from tasks.rl.select import build_rl

    where, gate = home or default_home(), read_gate(gate_config)
    asked: dict[str, Any] = {
        "recipe": recipe,
        "release": release,
        "limit": limit,
        "strict": strict,
        "checkpoint": checkpoint,
        "answers": answers,
        "tokens": tokens,
        "environment": None if environment is None else str(environment),
    }
    if runs_on_a_server():
        from flows.build_rl_data import build_rl_data

        result: dict[str, Any] = build_rl_data(home=where, gate=asdict(gate), accept=accept, **asked)
    else:
        allowed = None if accept else gate
        result = build_rl_set(Home(where), **asked, gate=allowed, sample=sample_rewards.fn, build=build_rl.fn)
    if as_json:
        typer.echo(json.dumps(result))
    else:
        domains = ", ".join(f"{domain} {rows}" for domain, rows in result["domains"].items())
        typer.echo(f"{result['rows']} rows ({domains}). Release: {result['release']}")
        if result["report"]:
            typer.echo(f"Report, to open in a browser: {result['report']}")
    end_if_refused(result)
