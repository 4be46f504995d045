"""What a Python sample hands over for another language's worker to draw, after its code has ended."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import util
from pathlib import Path

from vincicoder.render.languages.browser.libraries import find_library, missing_libraries
from vincicoder.render.languages.further_tools import SETUP_COMMAND
from vincicoder.render.languages.python.capture.bokeh_page import bokeh_page
from vincicoder.render.languages.python.capture.echarts_page import echarts_page
from vincicoder.render.languages.python.capture.geo_assets import geo_assets, outlines
from vincicoder.render.languages.svg.browser import SVG_VIEW, svg_page
from vincicoder.render.protocol import HandOver, PageView

# plotly's own defaults for pictures (`plotly.io.defaults`): CSS pixels.
DEFAULT_WIDTH, DEFAULT_HEIGHT = 700, 500

_DRAWN = "drawn"
# As plotly finds formulas in a text: anything between dollars.
_FORMULA = re.compile(r'\$+[^$"]+\$')


@dataclass(frozen=True, slots=True)
class PlotlyFigure:
    """A figure's JSON and the picture's size: CSS pixels, and device pixels a CSS pixel."""

    text: str
    width: float
    height: float
    scale: float
    notes: tuple[str, ...] = ()

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text."""
        return {"figure_width": self.width, "figure_height": self.height, "figure_scale": self.scale}


def picture_of_page(figure: PlotlyFigure) -> PageView:
    """Return what of the figure's page is the picture."""
    return PageView(f"#{_DRAWN}", figure.scale)


def make_page(figure: PlotlyFigure) -> str:
    """Return a document whose element `#drawn`, there when all is done, is the figure.

    It is drawn by the plotly.js inside the plotly package. Where that cannot draw it, the title says why.
    `figure.text` may be anything at all: it is data to the page's parser, as no `<` is left in it.
    """
    size = json.dumps({"width": figure.width, "height": figure.height, "autosize": False})
    before, library, after = _template()
    data = figure.text.replace("<", "\\u003c")
    formula = _FORMULA.search(figure.text)
    found = json.dumps(formula[0][:100].replace("<", "")) if formula else '""'
    after = after.replace("@MATHJAX@", _mathjax() if formula else "")
    after = after.replace("@OUTLINES@", geo_assets(figure.text, library))
    after = after.replace("@SIZE@", size).replace("@FORMULA@", found)
    return f"{before}{data}{after.replace('@LIBRARY@', library)}"


@cache
def _template() -> tuple[str, str, str]:
    """Return what comes before a figure's JSON in its page, the library, and what comes after."""
    package = util.find_spec("plotly")
    assert package is not None and package.origin is not None
    library = (Path(package.origin).parent / "package_data" / "plotly.min.js").read_text("utf-8")
    script = (Path(__file__).parent / "deferred.js").read_text("utf-8")
    before = '<!DOCTYPE html><meta charset="utf-8"><script type="application/json" id="json">'
    after = (
        "</script><style>body{margin:0}</style>"
        '<div id="figure" style="display:inline-block;vertical-align:top"></div>@MATHJAX@'
        "@OUTLINES@<script>@LIBRARY@</script>"
        f"<script>const size = @SIZE@, formula = @FORMULA@, drawn = '{_DRAWN}';\n{script}</script>"
    )
    return before, library, after


@cache
def _mathjax() -> str:
    """Return the scripts that draw formulas, or nothing where MathJax is not here."""
    path = find_library("mathjax")
    if path is None:
        return ""
    settings = "window.MathJax={startup:{typeset:false},options:{enableMenu:false}}"
    return f"<script>{settings}</script><script>{path.read_text('utf-8')}</script>"


@dataclass(frozen=True, slots=True)
class DotGraph:
    """A graph in Graphviz's language that names its own layout engine. `text` may be anything at all."""

    text: str
    notes: tuple[str, ...] = ()

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text: one that says what it is."""
        return {"graph": 1}


@dataclass(frozen=True, slots=True)
class SvgDocument:
    """A drawing that the browser draws, as librsvg would draw it wrongly. `text` may be anything at all."""

    text: str
    notes: tuple[str, ...] = ()

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text: one that says what it is."""
        return {"svg": 1}


@dataclass(frozen=True, slots=True)
class VegaLiteChart:
    """A chart of altair as Vega-Lite's JSON, and device pixels a CSS pixel. `text` may be anything at all."""

    text: str
    scale: float
    notes: tuple[str, ...] = ()

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text."""
        return {"vega_lite": 1, "figure_scale": self.scale}


@dataclass(frozen=True, slots=True)
class BokehFigure:
    """A document of bokeh as JSON, as `bokeh.embed.json_item` makes it. `text` may be anything at all."""

    text: str
    notes: tuple[str, ...] = ()

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text: one that says what it is."""
        return {"bokeh": 1}


@dataclass(frozen=True, slots=True)
class EChartsFigure:
    """Charts of pyecharts as JSON (width, height, theme, background, options as JavaScript), and the major
    version of ECharts that they are for. `text` may be anything at all."""

    text: str
    major: int
    notes: tuple[str, ...] = ()

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text."""
        return {"echarts": self.major}


Deferred = PlotlyFigure | DotGraph | SvgDocument | VegaLiteChart | BokehFigure | EChartsFigure


def missing_tools(figure: Deferred) -> list[str]:
    """Say how to get the libraries that draw the figure and that are not here: the program is not to blame.

    Looked for only once such a figure is there.
    """
    if isinstance(figure, VegaLiteChart):
        from vincicoder.render.languages.browser.library_page import missing_files

        return missing_files("vega-lite")
    if isinstance(figure, EChartsFigure):
        return missing_libraries(f"echarts@{figure.major}", fetched_by=SETUP_COMMAND)
    if not isinstance(figure, PlotlyFigure):
        return []
    lacking = missing_libraries("mathjax") if _FORMULA.search(figure.text) else []
    maps = outlines(figure.text, _template()[1])
    return lacking + (missing_libraries(maps, fetched_by=SETUP_COMMAND) if maps else [])


def hand_over(figure: Deferred) -> HandOver:
    """Return the document that draws the figure, and the language whose worker is to do so."""
    if isinstance(figure, DotGraph):
        return HandOver("graphviz", figure.text, PageView(), notes=figure.notes)
    if isinstance(figure, SvgDocument):
        return HandOver("html", svg_page(figure.text), SVG_VIEW, notes=figure.notes)
    if isinstance(figure, VegaLiteChart):
        from vincicoder.render.languages.vega_lite import renderer as vega_lite

        chart = vega_lite.hand_over(figure.text)
        return replace(chart, view=replace(chart.view, scale=figure.scale), notes=figure.notes)
    if isinstance(figure, BokehFigure):
        return HandOver("html", bokeh_page(figure.text, _DRAWN), PageView(f"#{_DRAWN}"), notes=figure.notes)
    if isinstance(figure, EChartsFigure):
        page = echarts_page(figure.text, figure.major, _DRAWN)
        return HandOver("html", page, PageView(f"#{_DRAWN}"), notes=figure.notes)
    return HandOver("html", make_page(figure), picture_of_page(figure), notes=figure.notes)
