"""The texts that a figure shows, in the order in which they are drawn, and the places of its parts."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured


class DrawnTexts:
    """Notes what the drawing of a figure is asked to write, without the labels of its ticks.

    ChartMimic takes the texts from matplotlib's PDF renderer, after it has taken the ticks of all axes away
    (text_evaluator.py): the major ones, across and up, of axes that the figure itself lists. So what these
    write is left out here, with the power of ten beside them, and no second drawing is needed.
    """

    def __init__(self) -> None:
        """Put the hooks into matplotlib, for the rest of this process."""
        from matplotlib.axis import Axis, Tick
        from matplotlib.backends.backend_agg import RendererAgg
        from matplotlib.figure import Figure

        self._of: dict[Any, list[str]] = {}
        self._writing: list[str] | None = None  # None: what is drawn is no figure's picture
        self._axes: list[Any] = []  # whose ticks write nothing
        self._axis: Any = None  # that is drawn, where it is of such axes
        self._in_tick = False
        self._hook(Figure, self._figure)
        self._hook(Axis, self._of_axis)
        self._hook(importlib.import_module("mpl_toolkits.mplot3d.axis3d").Axis, self._of_axis)
        self._hook(Tick, self._tick)
        renderer: Any = RendererAgg
        write = renderer.draw_text

        @functools.wraps(write)
        def draw_text(*arguments: Any, **named: Any) -> None:
            self._note(*arguments, **named)
            write(*arguments, **named)

        renderer.draw_text = draw_text

    def read(self, figure: Any) -> list[str]:
        """Return the texts of the figure as it was drawn last."""
        return self._of.get(figure, [])

    def _hook(self, owner: Any, around: Any) -> None:
        original = owner.draw

        @functools.wraps(original)
        def draw(artist: Any, renderer: Any, *rest: Any, **named: Any) -> Any:
            return around(artist, renderer, lambda: original(artist, renderer, *rest, **named))

        owner.draw = draw

    def _figure(self, figure: Any, renderer: Any, draw: Any) -> Any:
        from matplotlib.backends.backend_agg import RendererAgg

        before = self._writing, self._axes
        self._writing, self._axes = None, figure.get_axes()
        if isinstance(renderer, RendererAgg):
            self._of[figure] = self._writing = []
        try:
            return draw()
        finally:
            self._writing, self._axes = before

    def _of_axis(self, axis: Any, _renderer: Any, draw: Any) -> Any:
        axes, before = axis.axes, self._axis
        self._axis = axis if axes in self._axes and axis in (axes.xaxis, axes.yaxis) else None
        try:
            return draw()
        finally:
            self._axis = before

    def _tick(self, tick: Any, _renderer: Any, draw: Any) -> Any:
        before = self._in_tick
        self._in_tick = before or (self._axis is not None and tick in self._axis.majorTicks)
        try:
            return draw() if captured.paints or not self._in_tick else None
        finally:
            self._in_tick = before

    def _note(
        self, _renderer: Any, _gc: Any, _x: Any, _y: Any, s: Any, *_: Any, mtext: Any = None, **__: Any
    ) -> None:
        beside = self._axis is not None and mtext is self._axis.offsetText
        if self._writing is not None and not self._in_tick and not beside:
            self._writing.append(str(s))


def placed_texts(figure: Any) -> list[tuple[str, float | None, float | None]]:
    """Return every text of a figure that is not hidden, in lower case, with its place as it keeps it.

    A place that is no number (a date, a name) is None. As in Plot2Code's text_match_score.py.
    """
    from matplotlib.text import Text

    found: list[tuple[str, float | None, float | None]] = []
    waiting = [figure]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Text) and part.get_visible() and (text := part.get_text().strip().lower()):
            x, y = (_number(at) for at in part.get_position())
            found.append((text, x, y))
        waiting += reversed(part.get_children())
    return found


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def grid_places(figure: Any) -> list[list[int]]:
    """Return the place of every axes in its grid: rows, columns, first and last row, first and last column.

    Axes that lie in no grid are left out, as in ChartMimic's layout_evaluator.py.
    """
    found = []
    for axes in figure.axes:
        place = axes.get_subplotspec()
        if place is not None:
            rows, columns = place.get_gridspec().get_geometry()
            spans = (place.rowspan.start, place.rowspan.stop - 1, place.colspan.start, place.colspan.stop - 1)
            found.append([int(number) for number in (rows, columns, *spans)])
    return found
