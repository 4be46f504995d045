"""The texts that a figure shows, in the order in which they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_POINTS_PER_INCH = 72


def drawn_texts(figure: Any) -> list[str]:
    """Return the texts that a figure without its ticks shows: what a page of 72 dpi is asked to write.

    ChartMimic takes them from matplotlib's PDF renderer (text_evaluator.py). This draws nothing, and alters
    the figure: it must be the last that is done with it.
    """
    from matplotlib.backends.backend_agg import RendererAgg

    found: list[str] = []

    class Recorder(RendererAgg):
        """Measures like the renderer of pictures, and draws nothing."""

        def _update_methods(self) -> None:
            """Leave the methods below in place of the drawing ones."""

        def draw_text(self, gc: Any, x: Any, y: Any, s: Any, *_: Any, **__: Any) -> None:
            found.append(str(s))

        def _nothing(self, *_: Any, **__: Any) -> None: ...

        draw_path = draw_markers = draw_path_collection = draw_quad_mesh = _nothing
        draw_gouraud_triangles = draw_image = draw_tex = draw_mathtext = _nothing

    for axes in figure.get_axes():
        axes.set_xticks([])
        axes.set_yticks([])
    figure.dpi = _POINTS_PER_INCH
    figure._layout_engine = None  # where the texts stand does not matter
    width, height = figure.get_size_inches() * _POINTS_PER_INCH
    recorder: Any = Recorder
    with _texts_alone():
        figure.draw(recorder(max(width, 1), max(height, 1), _POINTS_PER_INCH))
    return found


@contextmanager
def _texts_alone() -> Iterator[None]:
    """Leave out the drawing of what writes nothing: half of the time. What draws texts of its own beside,
    such as the cells of a table, has a method of its own for it."""
    from matplotlib.collections import Collection
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kinds: tuple[Any, ...] = (Collection, AxesImage, Line2D, Patch)
    drawing = [kind.draw for kind in kinds]
    for kind in kinds:
        kind.draw = lambda *_: None
    try:
        yield
    finally:
        for kind, draw in zip(kinds, drawing, strict=True):
            kind.draw = draw


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
