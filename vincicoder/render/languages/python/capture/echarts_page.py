"""The page that draws pyecharts' charts, with the ECharts of the version that pyecharts itself names."""

from __future__ import annotations

from functools import cache

from vincicoder.render.languages.browser.libraries import find_library
from vincicoder.render.languages.python.capture.figure_page import figure_page


def echarts_page(text: str, major: int, drawn: str) -> str:
    """Return a document whose element `#drawn`, there when all is done, holds the charts.

    Where ECharts cannot draw them, or is not here, the title says why.
    """
    return figure_page(text, [_library(major)], "echarts.js", drawn)


@cache
def _library(major: int) -> str:
    path = find_library(f"echarts@{major}")
    return path.read_text("utf-8") if path else ""
