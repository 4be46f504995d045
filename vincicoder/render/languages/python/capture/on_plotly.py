"""Catches plotly's figures where they would become pictures: the browser draws the last one afterwards.

`to_image` and `write_image` give the code a blank picture of the right size and go on (`blank.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from vincicoder.render.languages.python.capture.blank import blank, watch_decoding
from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.deferred import DEFAULT_HEIGHT, DEFAULT_WIDTH, PlotlyFigure

_ON_TILES = frozenset({"scattermap", "choroplethmap", "densitymap"})
_FORMATS = ("png", "jpg", "jpeg", "webp", "svg", "pdf")


def hook_plotly() -> None:
    """Put the hooks into plotly's functions; its figures' methods call them."""
    import plotly.graph_objects
    import plotly.io
    import plotly.offline

    original_html, original_plot = plotly.io.write_html, plotly.offline.plot

    def to_image(fig: Any, format: str | None = None, width: Any = None, height: Any = None,
                 scale: Any = None, validate: bool = True, engine: Any = None) -> bytes:  # fmt: skip
        return _blank(_note(fig, *_sizes(width, height, scale)), format or "png")

    def write_image(fig: Any, file: Any, format: str | None = None, scale: Any = None, width: Any = None,
                    height: Any = None, validate: bool = True, engine: Any = None) -> None:  # fmt: skip
        suffix = Path(file).suffix[1:] if isinstance(file, str | Path) else ""
        data = _blank(_note(fig, *_sizes(width, height, scale)), format or suffix or "png")
        if not isinstance(file, str | Path):
            file.write(data)
            return
        with suppress(OSError):  # a folder that is not here says nothing about the picture
            Path(file).write_bytes(data)

    def write_images(fig: Any, file: Any, **options: Any) -> None:
        figures = fig if isinstance(fig, list | tuple) else [fig]
        files = file if isinstance(file, list | tuple) else [file]
        for number in range(max(len(figures), len(files))):
            one = {
                name: value[number] if isinstance(value, list | tuple) else value
                for name, value in options.items()
            }
            write_image(figures[number % len(figures)], files[number % len(files)], **one)

    def show(fig: Any, renderer: Any = None, validate: bool = True, **options: Any) -> None:
        _note(fig, *(options.get(name) for name in ("width", "height", "scale")))

    def write_html(fig: Any, file: Any, *rest: Any, **options: Any) -> None:
        _note(fig)
        with suppress(OSError):
            original_html(fig, file, *rest, **{**options, "auto_open": False})

    def plot(figure_or_data: Any, *rest: Any, **options: Any) -> Any:
        _note(figure_or_data)
        try:
            return original_plot(figure_or_data, *rest, **{**options, "auto_open": False})
        except OSError:
            return options.get("filename", "temp-plot.html")

    def init_notebook_mode(connected: bool = False) -> None:
        """There is no notebook page that would need plotly's script."""

    def iplot(figure_or_data: Any, *_: Any, **__: Any) -> None:
        _note(figure_or_data)

    plotly.io.kaleido.scope = _Scope()
    # A figure in a notebook's widget, for which a package more would have to be here.
    for module in (plotly.graph_objects, plotly.graph_objs):
        module.FigureWidget = module.Figure
    for replacement in (to_image, write_image, write_images, show, write_html):
        setattr(plotly.io, replacement.__name__, replacement)
    plotly.offline.plot, plotly.offline.iplot = plot, iplot
    plotly.offline.init_notebook_mode = init_notebook_mode
    watch_decoding()


class _Scope:
    """Stands for kaleido's settings: what they are set to is not used, but for the size of pictures."""

    default_width: Any = None
    default_height: Any = None
    default_scale: Any = None


def _sizes(width: Any, height: Any, scale: Any) -> tuple[Any, Any, Any]:
    """Return what a picture was asked for, with what kaleido's settings say where it was not."""
    import plotly.io

    scope: Any = plotly.io.kaleido.scope
    return width or scope.default_width, height or scope.default_height, scale or scope.default_scale


def last_plotly_figure(names: Mapping[str, Any]) -> PlotlyFigure | None:
    """Return the figure that the code bound last to a name of its own and neither saved nor showed."""
    from plotly.basedatatypes import BaseFigure

    for value in reversed(list(names.values())):
        if isinstance(value, BaseFigure) and value.data:
            return describe(value)
    return None


def describe(fig: Any, width: Any = None, height: Any = None, scale: Any = None) -> PlotlyFigure:
    """Return a figure (also one given as a dict or a list of traces) as it is now.

    Raises ValueError where it is none, SampleRefusedError where the picture would be too large.
    """
    import plotly.io
    from plotly.basedatatypes import BaseFigure

    if isinstance(fig, list | tuple):
        fig = {"data": list(fig), "layout": {}}
    if not isinstance(fig, BaseFigure | dict):
        raise ValueError(f"received a {type(fig).__name__} where a plotly figure was expected")
    fields: Any = fig.to_dict() if isinstance(fig, BaseFigure) else fig
    _refuse_maps_of_plotly_7(fields)
    layout = fields.get("layout") or {}
    if not isinstance(layout, dict):
        layout = layout.to_plotly_json()
    template = layout.get("template")
    base = (template.get("layout") or {}) if isinstance(template, dict) else {}
    sizes = [
        next(
            float(size or 0) for size in (given, layout.get(name), base.get(name), default) if _is_size(size)
        )
        for given, name, default in ((width, "width", DEFAULT_WIDTH), (height, "height", DEFAULT_HEIGHT))
    ]
    factor = float(scale or 1)
    fitting = captured.fit(sizes[0] * factor, sizes[1] * factor)
    captured.note_scale(fitting)
    return PlotlyFigure(plotly.io.to_json(fields, validate=False), sizes[0], sizes[1], factor * fitting)


def _refuse_maps_of_plotly_7(fields: Any) -> None:
    """Raise NotImplementedError for a map on tiles that this plotly's script cannot draw in our page.

    Its worker is a module that imports another, which a page without an address may not have. The stack of
    2024 draws such a map, without tiles.
    """
    import plotly

    traces = fields.get("data") or ()
    kinds = {trace.get("type", "") for trace in traces if isinstance(trace, Mapping)}
    if int(plotly.__version__.partition(".")[0]) >= 7 and kinds & _ON_TILES:
        raise NotImplementedError(f"the plotly.js of plotly {plotly.__version__} draws no map on tiles here")


def _is_size(value: Any) -> bool:
    """Return whether a number is given: plotly itself writes infinity where a dendrogram has no width."""
    return bool(value) and math.isfinite(float(value))


def _note(fig: Any, width: Any = None, height: Any = None, scale: Any = None) -> PlotlyFigure:
    figure = describe(fig, width, height, scale)
    captured.add_output(lambda: figure)
    return figure


def _blank(figure: PlotlyFigure, form: str) -> bytes:
    """Return a blank picture of the figure's size. Raises ValueError for a form that plotly has not."""
    if form.lower() not in _FORMATS:
        raise ValueError(f"received format {form!r}; allowed are {', '.join(_FORMATS)}")
    size = (max(round(figure.width * figure.scale), 1), max(round(figure.height * figure.scale), 1))
    return blank(figure, size, form)
