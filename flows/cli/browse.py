"""`vincicoder browse`: look through a release in a web browser."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.release_checks import HomeOption, ReleaseName, find


def browse(
    release: ReleaseName = "current",
    home: HomeOption = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one and prints it.")] = 8902,
) -> None:
    """Look through a release in a web browser: rows with pictures, search, filters, SQL, one sample's page.

    It listens on this machine alone and only reads. Exit 2 where there is no such release, or the port is
    taken.
    """
    from storage.sql import UnreadableCatalogError
    from tasks.look.browse import serve

    folder = find(release, home)
    try:
        serve(folder, port, announce=lambda line: typer.echo(line))
    except (OSError, UnreadableCatalogError) as error:
        typer.echo(f"vincicoder: {error}", err=True)
        raise typer.Exit(2) from error
