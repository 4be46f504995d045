"""`vincicoder chain`: let each finished step start the next, or not."""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from typing import Annotated

import typer

from flows.cli.prefect_server import runs_on_a_server
from flows.cli.release_checks import AsJson


class Switch(StrEnum):
    """What to do with the chain."""

    ON = "on"
    OFF = "off"
    STATUS = "status"


def chain(
    switch: Switch,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="With `on`: judge the last checkpoint at the end, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Chain build-sft-data, train-sft, build-rl-data and train-grpo on the Prefect server, or part them."""
    if not runs_on_a_server():
        typer.echo("vincicoder: the chain is kept by a Prefect server: set PREFECT_API_URL to it", err=True)
        raise typer.Exit(1)
    from flows.chain import linked, switch_off, switch_on

    if switch is Switch.ON:
        names = asyncio.run(switch_on(evaluate))
    elif switch is Switch.OFF:
        names = asyncio.run(switch_off())
    else:
        names = asyncio.run(linked())
    if as_json:
        kept = [] if switch is Switch.OFF else names
        typer.echo(json.dumps({"on": [name.removeprefix("vincicoder chain: ") for name in kept]}))
        return
    verb = {"on": "on", "off": "removed", "status": "on"}[switch]
    for name in names:
        typer.echo(f"{verb}: {name.removeprefix('vincicoder chain: ')}")
    if not names:
        typer.echo("the chain is off")
