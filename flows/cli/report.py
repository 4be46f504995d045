"""`vincicoder report`: one HTML file that shows a release or a run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.release_checks import AsJson, HomeOption, find


def report(
    shown: Annotated[
        str,
        typer.Argument(
            metavar="[RELEASE|RUN]",
            help="A version in the home, `current`, a release's folder or a copy of it, or a run's id.",
        ),
    ] = "current",
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

    Of a training run it shows the curves, the checkpoints and the sheets, of an evaluation the scores and the
    answers. It needs no server and no network, and holds at most 20 MB. Exit 2 where there is no such release
    or run.
    """
    from storage.home import Home as OpenHome
    from storage.manifest import ManifestError
    from storage.release_facts import ReleaseNotFoundError
    from storage.release_list import find_release
    from storage.runs import RunRegistry
    from tasks.look.report import write_report
    from tasks.look.run_report import is_run, write_run_report
    from vincicoder.config import default_home

    opened = OpenHome(home or default_home())
    try:
        if is_run(opened, shown):
            if compare is not None:
                raise typer.BadParameter(
                    f"received a run, {shown!r}; two releases are compared here, and two evaluations with "
                    "`vincicoder evaluate compare`"
                )
            written = write_run_report(opened, shown, output)
        else:
            other = None if compare is None else find(compare, home)
            written = write_report(find_release(opened, shown), output, other)
    except ReleaseNotFoundError as error:
        runs = ", ".join(sorted(run["run_id"] for run in RunRegistry(opened).runs())) or "none yet"
        typer.echo(f"vincicoder: {error}; or one of the runs: {runs}", err=True)
        raise typer.Exit(2) from error
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
