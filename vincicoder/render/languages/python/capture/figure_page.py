"""The page in which a library's script draws a figure that a Python program described."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def figure_page(text: str, scripts: Iterable[str], driver: str, drawn: str) -> str:
    """Return a document whose element `#{drawn}`, there when all is done, holds the figure.

    `scripts` are the library's, `driver` the file of ours, beside this one, that calls it. `text` may be
    anything at all: it is data to the page's parser, as no `<` is left in it.
    """
    calls = (Path(__file__).parent / driver).read_text("utf-8")
    data = text.replace("<", "\\u003c")
    loaded = "".join(f"<script>{script}</script>" for script in scripts)
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><script type="application/json" id="json">{data}</script>'
        '<style>body{margin:0}</style><div id="figure" style="display:inline-block;vertical-align:top"></div>'
        f"{loaded}<script>const drawn = '{drawn}';\n{calls}</script>"
    )
