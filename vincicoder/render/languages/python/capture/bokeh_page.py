"""The page that draws a document of bokeh, with the bokehjs inside the bokeh package."""

from __future__ import annotations

from functools import cache
from importlib import util
from pathlib import Path

from vincicoder.render.languages.python.capture.figure_page import figure_page

_ALWAYS = ("bokeh.min.js",)
_WHERE_NAMED = {
    "bokeh-widgets.min.js": ("Button", "Slider", "Select", "Div", "Tabs", "TabPanel", "Input", "Paragraph"),
    "bokeh-tables.min.js": ("DataTable",),
    "bokeh-gl.min.js": ("webgl",),
    "bokeh-mathjax.min.js": ("$$", "\\\\[", "\\\\("),
}
"""Further scripts, and what in a document needs them."""


def bokeh_page(text: str, drawn: str) -> str:
    """Return a document whose element `#drawn`, there when all is done, is the figure.

    Where bokehjs cannot draw it, the title says why.
    """
    names = [*_ALWAYS, *(name for name, marks in _WHERE_NAMED.items() if any(mark in text for mark in marks))]
    return figure_page(text, map(_script, names), "bokeh.js", drawn)


@cache
def _script(name: str) -> str:
    package = util.find_spec("bokeh")
    assert package is not None and package.origin is not None
    return (Path(package.origin).parent / "server" / "static" / "js" / name).read_text("utf-8")
