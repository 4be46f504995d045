"""A page that runs one program with a library: drawn by the html renderer, as hostile as any page.

The program is data to the page's parser, read by the language's own driver. Once all is drawn, that names the
element of which the picture is taken; where nothing can be drawn, the title says why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from vincicoder.render.languages.browser.libraries import find_library, library_versions
from vincicoder.render.protocol import HandOver, PageView
from vincicoder.sample import code_sha256


def program_page(code: str, library: str, driver: Path, stage: str) -> HandOver:
    """Return the page of a program, for the html renderer.

    `library` is as for `find_library`, `driver` our script, `stage` the style of the element `#stage`.
    """
    data = json.dumps(code).replace("<", "\\u003c")
    page = (
        '<!DOCTYPE html><meta charset="utf-8"><style>body{margin:0;background:white}</style>'
        f'<div id="stage" style="{stage}"></div><script type="application/json" id="code">{data}</script>'
        f"<script>{_library(library)}</script><script>{_driver(driver)}</script>"
    )
    return HandOver("html", page, PageView("#drawn"))


def program_fingerprint(library: str, driver: Path, stage: str) -> Mapping[str, str]:
    """Return what decides the picture beside the browser: library, our script for it, and the stage."""
    return {**library_versions(library), "driver": code_sha256(_driver(driver))[:16], "stage": stage}


@cache
def _library(name: str) -> str:
    path = find_library(name)  # none where the tools are missing: then nothing is drawn
    return "" if path is None else path.read_text("utf-8").replace("</script", "<\\/script")


@cache
def _driver(path: Path) -> str:
    return path.read_text("utf-8")
