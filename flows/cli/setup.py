"""`vincicoder setup`: installs what the project needs and no Python package brings."""

from __future__ import annotations

import os
import subprocess
import sys
from enum import StrEnum
from typing import Annotated

import typer

from vincicoder.project_files import project_file


class Part(StrEnum):
    """What can be set up, each by a script of the project."""

    system = "system"
    browser = "browser"
    libraries = "libraries"
    corpora = "corpora"
    stacks = "stacks"
    languages = "languages"


_SCRIPTS = {
    Part.system: "scripts/install-system.sh",
    Part.browser: "scripts/install-browser.sh",
    Part.libraries: "scripts/fetch-libraries.sh",
    Part.corpora: "scripts/fetch-corpora.sh",
    Part.stacks: "scripts/make-stacks.sh",
    Part.languages: "scripts/make-languages.sh",
}


def setup(
    part: Annotated[
        Part,
        typer.Argument(
            help="system: Debian packages (needs root or sudo). browser: a headless browser where Debian's "
            "is missing. libraries: the JavaScript of Mermaid and Vega-Lite (needs npm). corpora: packages "
            "whose content the profile `packages` reads. stacks: the Python libraries of other years. "
            "languages: what draws PlantUML, Typst, Gnuplot, R, ABC, ECharts and WaveDrom (Debian packages, "
            "260 MB of them for R; 240 MB of others)."
        ),
    ],
) -> None:
    """Install what the project needs beside Python packages. A second run does no work."""
    try:
        script = project_file(_SCRIPTS[part])
    except FileNotFoundError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    done = subprocess.run(["bash", str(script)], env={**os.environ, "PYTHON": sys.executable}, check=False)
    raise typer.Exit(done.returncode)
