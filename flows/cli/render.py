"""`vincicoder render`: one file to one picture, through the same engine as everything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from vincicoder.render.registry import LANGUAGE_OF_SUFFIX, language_of_file
from vincicoder.sample import InfrastructureError

_SAMPLES_FAULT, _OUR_FAULT = 3, 4


def render(
    file: Annotated[
        Path,
        typer.Argument(help="A file of code; its suffix tells the language.", exists=True, dir_okay=False),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write the PNG.")],
    language: Annotated[str | None, typer.Option(help="Default: by the file's suffix.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one line of JSON.")] = False,
    require_sandbox: Annotated[
        bool, typer.Option(help="Refuse to run when a sandbox layer is missing.")
    ] = False,
) -> None:
    """Render one file in the sandbox. Exit 0: rendered; 3: the sample's fault; 4: ours."""
    from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderStatus

    chosen = language or language_of_file(file.name)
    if chosen is None:
        known = ", ".join(LANGUAGE_OF_SUFFIX)
        typer.echo(f"vincicoder: received {file.name}; known suffixes are {known}: give --language", err=True)
        raise typer.Exit(2)
    code = file.read_text("utf-8", errors="replace")
    try:
        with RenderEngine(RenderLimits(), workers=1, require_sandbox=require_sandbox) as engine:
            result = next(iter(engine.render([RenderRequest(str(file), chosen, code)])))
    except InfrastructureError as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(_OUR_FAULT) from error
    if result.png is not None:
        output.write_bytes(result.png)
    outcome = {
        "status": result.status.value,
        "reason": result.reason.value if result.reason else None,
        "detail": result.detail,
        "width": result.width,
        "height": result.height,
        "seconds": round(result.seconds, 4),
        "fingerprint": result.fingerprint,
        "notes": list(result.notes),
    }
    if as_json:
        typer.echo(json.dumps(outcome))
    elif result.status is RenderStatus.RENDERED:
        typer.echo(f"{output}: {result.width}x{result.height} px in {result.seconds:.2f} s")
    else:
        typer.echo(f"{file}: {result.reason.value if result.reason else 'failed'}: {result.detail}", err=True)
    if result.status is RenderStatus.REJECTED:
        raise typer.Exit(_SAMPLES_FAULT)
    if result.status is RenderStatus.FAILED:
        raise typer.Exit(_OUR_FAULT)
