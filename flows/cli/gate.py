"""The gate's options of both builds, and how they end where it refuses the release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vincicoder.gate import GateConfigError, GateLimits, ReleaseRefusedError, gate_limits
from vincicoder.yaml_file import read_yaml

GateConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--gate-config", help="A YAML file that says what may get lost against the current release."
    ),
]
AcceptOption = Annotated[
    bool, typer.Option("--accept", help="Make the release the current one, whatever got lost.")
]


def read_gate(file: Path | None) -> GateLimits:
    """Return the limits in a file, or the defaults. Raises GateConfigError, naming the file."""
    if file is None:
        return GateLimits()
    found = read_yaml(file, "the limits of the gate", GateConfigError)
    try:
        return gate_limits(found)
    except GateConfigError as error:
        raise GateConfigError(f"{file} has no limits of the gate: {error}") from error


def end_if_refused(result: dict[str, Any]) -> None:
    """Print what a build's release lost and end with exit 1, where the gate refused it."""
    if result["refused"]:
        typer.echo(f"vincicoder: {ReleaseRefusedError(result['version'], result['refused'])}", err=True)
        raise typer.Exit(1)
