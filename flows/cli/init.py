"""`vincicoder init`: a commented file that declares a source of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_EXISTS = 2

TEMPLATE = """\
# Sources of your own. Look into one before a build, and then build from it:
#   vincicoder sources peek our-charts --source-config {name}
#   vincicoder build sft --profile none --source-config {name}
sources:
  - name: our-charts         # names your rows in the release: choose one for each source
    format: jsonl            # jsonl, json, parquet, csv, arrow, or folder (files of code)
    path: charts.jsonl       # relative to this file: a file, a folder of files, or an archive
    domain: chart            # chart, web, svg, latex, molecule or diagram
    language: python         # of all rows; or language_column, where rows say it themselves
    code_column: code        # the field with the code; `answer.code` lies within `answer`
    license: CC-BY-4.0       # goes with every released row; or also license_column
    citation: "Our charts, 2026"
    # id_column: uuid        # names a row; default: its position
    # image_column: picture  # the row's own picture: a path, bytes or base64. Renders unlike it are rejected
    # encoding: cp1252       # of text files; default: UTF-8, or what the file's mark says

  # Another kind: a folder of code files, whose languages their suffixes say.
  # - name: our-pages
  #   format: folder
  #   path: pages
  #   domain: web
  #   license: Apache-2.0
"""


def init(
    file: Annotated[Path, typer.Argument(help="The YAML file to write.", dir_okay=False)],
) -> None:
    """Write a commented file that declares a source of your own. Exit 2 where the file is there already."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(TEMPLATE.replace("{name}", file.name))
    except FileExistsError as error:
        typer.echo(f"vincicoder: {file} is there already: choose another name, or edit it", err=True)
        raise typer.Exit(_EXISTS) from error
    except OSError as error:
        typer.echo(f"vincicoder: {file} cannot be written: {error.strerror}", err=True)
        raise typer.Exit(_EXISTS) from error
    typer.echo(f"{file}: change name, path and columns, then")
    typer.echo(f"  vincicoder build sft --profile none --source-config {file}")
