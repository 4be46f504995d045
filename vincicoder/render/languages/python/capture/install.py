"""Installs the hooks that catch pictures where the libraries make them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image

from vincicoder.render.finish import flatten_on_white, shrunk
from vincicoder.render.languages.python.capture.captured import Pixels, captured, is_unwritable
from vincicoder.render.languages.python.capture.deferred import Deferred
from vincicoder.render.languages.python.capture.on_altair import hook_altair, last_chart
from vincicoder.render.languages.python.capture.on_bokeh import hook_bokeh, last_bokeh_figure
from vincicoder.render.languages.python.capture.on_chemistry import hook_indigo, hook_rdkit
from vincicoder.render.languages.python.capture.on_data_sets import hook_seaborn
from vincicoder.render.languages.python.capture.on_graphviz import hook_graphviz, last_graph
from vincicoder.render.languages.python.capture.on_matplotlib import hook_matplotlib
from vincicoder.render.languages.python.capture.on_painting import hook_painting, produced
from vincicoder.render.languages.python.capture.on_plotly import hook_plotly, last_plotly_figure
from vincicoder.render.languages.python.capture.on_plotnine import last_ggplot
from vincicoder.render.languages.python.capture.on_pyecharts import hook_pyecharts, last_echarts_figure
from vincicoder.render.languages.python.capture.on_pygal import hook_pygal, last_pygal_chart
from vincicoder.render.languages.python.capture.on_schemdraw import draw_left, hook_schemdraw
from vincicoder.render.languages.python.restored_in_libraries import restore_in, restored_modules


def install_hooks() -> None:
    """In the warm process, after imports: put the hooks into libraries that have none yet."""
    for module, install in _HOOKS.items():
        if module in sys.modules and module not in _installed:
            _installed.add(module)
            install()
    for module in restored_modules():
        if module in sys.modules and module not in _restored:
            _restored.add(module)
            restore_in(module)


def left_in_names(names: Mapping[str, Any]) -> Pixels | Deferred | None:
    """Return what the code made, bound to a name, and neither saved nor showed: the last resort."""
    found: Pixels | Deferred | None = None
    if "plotly.io" in sys.modules:
        found = last_plotly_figure(names)
    if found is None and "schemdraw" in sys.modules:
        found = draw_left(names)
    if found is None and "graphviz" in sys.modules:
        found = last_graph(names)
    for library, last in _LAST.items():
        if found is None and library in sys.modules:
            found = last(names)
    return found


def hook_pillow() -> None:
    """Note every `Image.save` and `Image.show`."""
    original_save = Image.Image.save

    def note(image: Image.Image) -> None:
        figure = captured.stands_for(image)
        if figure is not None:
            captured.add_output(lambda: figure)
            return
        factor = captured.fit(*image.size)
        if factor < 1:
            pixels = shrunk(image, factor)
            captured.add_output(lambda: pixels)
        else:
            copy = image.copy()
            captured.add_output(lambda: flatten_on_white(copy))
        captured.note_scale(factor)

    def save(self: Image.Image, fp: Any, format: str | None = None, **params: Any) -> None:
        if captured.is_quiet:
            original_save(self, fp, format, **params)
            return
        note(self)
        with captured.quiet():
            try:
                original_save(self, fp, format, **params)
            except OSError:
                if not is_unwritable(fp):
                    raise
        produced(fp)

    def show(self: Image.Image, title: str | None = None) -> None:
        note(self)

    Image.Image.save = save  # type: ignore[method-assign]
    Image.Image.show = show  # type: ignore[method-assign]
    hook_painting()


_HOOKS: dict[str, Callable[[], None]] = {
    "altair": hook_altair,
    "bokeh.plotting": hook_bokeh,
    "bokeh.io": hook_bokeh,
    "pyecharts.charts": hook_pyecharts,
    "pygal": hook_pygal,
    "PIL.Image": hook_pillow,
    "matplotlib.pyplot": hook_matplotlib,
    "rdkit": hook_rdkit,
    "plotly.io": hook_plotly,
    "graphviz": hook_graphviz,
    "indigo.renderer": hook_indigo,
    "schemdraw": hook_schemdraw,
    "seaborn": hook_seaborn,
}
_LAST: dict[str, Callable[[Mapping[str, Any]], Pixels | Deferred | None]] = {
    "altair": last_chart,
    "bokeh.plotting": last_bokeh_figure,
    "pyecharts.charts": last_echarts_figure,
    "pygal": last_pygal_chart,
    "plotnine": last_ggplot,
}
_installed: set[str] = set()
_restored: set[str] = set()
