"""`vincicoder sql`: ask a release's catalogue with SQL."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from flows.cli.release_checks import AsJson, HomeOption, find
from flows.cli.tables import print_table

_USAGE = 2


def sql(
    query: Annotated[str, typer.Argument(help="One SELECT, DESCRIBE, SHOW or SUMMARIZE.")],
    home: HomeOption = None,
    release: Annotated[
        str, typer.Option("--release", help="A version or a folder; default: the current one.")
    ] = "current",
    as_json: AsJson = False,
) -> None:
    """Ask a release's catalogue with SQL. It only reads: docs/catalogue.md lists the tables.

    Exit 2 where the question is wrong, or there is no such release.
    """
    from storage.sql import QueryError, ask_sql, open_locked, records

    folder = find(release, home).resolve()
    try:
        with open_locked(folder) as database:
            answer = ask_sql(database, query)
    except (QueryError, FileNotFoundError) as error:
        typer.echo(f"vincicoder: {error}", err=True)
        if isinstance(error, QueryError):
            typer.echo('The tables and their columns: vincicoder sql "SHOW ALL TABLES"', err=True)
        raise typer.Exit(_USAGE) from error
    if as_json:
        typer.echo(json.dumps(records(answer)))
    else:
        print_table(answer.columns, [[_shown(value) for value in row] for row in answer.rows])


def _shown(value: object) -> object:
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else value
