"""The page that draws pyecharts' charts, with the ECharts of the version that pyecharts itself names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vincicoder.render.languages.browser.libraries import find_library


def echarts_page(text: str, major: int, drawn: str) -> str:
    """Return a document whose element `#drawn`, there when all is done, holds the charts.

    Where ECharts cannot draw them, or is not here, the title says why. `text` may be anything at all: it is
    data to the page's parser, as no `<` is left in it.
    """
    driver = (Path(__file__).parent / "echarts.js").read_text("utf-8")
    data = text.replace("<", "\\u003c")
    return (
        f'<!DOCTYPE html><meta charset="utf-8"><script type="application/json" id="json">{data}</script>'
        '<style>body{margin:0}</style><div id="figure" style="display:inline-block;vertical-align:top"></div>'
        f"<script>{_library(major)}</script><script>const drawn = '{drawn}';\n{driver}</script>"
    )


@cache
def _library(major: int) -> str:
    path = find_library(f"echarts@{major}")
    return path.read_text("utf-8") if path else ""
