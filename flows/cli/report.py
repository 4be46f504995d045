"""`vincicoder report`: one HTML file that shows a release."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.release_checks import AsJson, HomeOption, ReleaseName, find


def report(
    release: ReleaseName = "current",
    home: HomeOption = None,
    compare: Annotated[
        str | None, typer.Option(help="An earlier release to compare with: a version or a folder.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the report.", dir_okay=False)
    ] = Path("report.html"),
    as_json: AsJson = False,
) -> None:
    """Write one HTML file that shows a release: what was kept, what was rejected and why, with pictures.

    It needs no server and no network, and holds at most 20 MB. Exit 2 where there is no such release.
    """
    from storage.manifest import ManifestError
    from tasks.look.report import write_report

    folder = find(release, home)
    other = None if compare is None else find(compare, home)
    try:
        written = write_report(folder, output, other)
    except (OSError, ManifestError) as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(asdict(written)))
    else:
        typer.echo(
            f"{written.path}: {written.release}, {written.pictures} pictures, {written.bytes / 1e6:.1f} MB. "
            "Open it in a browser"
        )
