"""Which calls draw something, where they are hooked, and under which names they are noted.

The calls are those that ChartMimic's evaluators count (ChartMimic/ChartMimic@c9e149c,
chart2code/utils/evaluator/chart_type_evaluator_prefix.py and color_evaluator_prefix.py). They name a call by
the file and the function that it lands in. The names here stand for the same classes of calls as those do in
matplotlib 3.8.4, whatever version draws; so do the hooks: `_make_line` was `_makeline` then.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_AXES = (
    *("bar", "hist", "scatter", "axhline", "axvline", "axvspan", "axhspan", "hlines", "vlines", "boxplot"),
    *("violinplot", "pie", "fill", "quiver", "imshow", "pcolor", "contour", "contourf", "broken_barh"),
    "tripcolor",
)
_AXES_OF_TYPE = ("barh", "plot", "errorbar", "violin", "fill_between", "fill_betweenx")
_AXES_3D = ("scatter", "plot", "plot_surface", "bar3d", "bar", "add_collection3d")
_NETWORK = ("draw_networkx_nodes", "draw_networkx_edges", "draw_networkx_labels")


@dataclass(frozen=True, slots=True)
class TracedCall:
    """A call that is noted: its `kind`, what it returned, and what it was given."""

    kind: str
    result: Any
    arguments: tuple[Any, ...]
    named: dict[str, Any]


class Outermost:
    """Notes calls that are not part of another noted call."""

    def __init__(self, note: Callable[[TracedCall], None]) -> None:
        self._note, self._inside = note, False

    @contextmanager
    def _call(self) -> Iterator[None]:
        self._inside = True
        try:
            yield
        finally:
            self._inside = False

    def hook(self, owner: Any, name: str, kind: str) -> None:
        """Put a hook around a function of a class or module, if it is there."""
        function = getattr(owner, name, None)
        if function is None:
            return

        @functools.wraps(function)
        def noted(*arguments: Any, **named: Any) -> Any:
            if self._inside:
                return function(*arguments, **named)
            with self._call():
                result = function(*arguments, **named)
                try:
                    self._note(TracedCall(kind, result, arguments, named))
                except Exception:  # of a form that is not known: nothing to note
                    return result
            return result

        setattr(owner, name, noted)


def hook_types(outermost: Outermost) -> None:
    """Hook what ChartMimic counts as types of charts."""
    from matplotlib.axes import Axes

    for name in (*_AXES, *_AXES_OF_TYPE):
        outermost.hook(Axes, name, name)
    _hook_common(outermost)


def hook_colors(outermost: Outermost) -> None:
    """Hook what ChartMimic takes colours from."""
    from matplotlib.axes import Axes
    from matplotlib.projections.polar import PolarAxes

    lines = importlib.import_module("matplotlib.axes._base")._process_plot_var_args
    outermost.hook(lines, "_make_line" if hasattr(lines, "_make_line") else "_makeline", "line")
    outermost.hook(Axes, "_fill_between_x_or_y", "fill_between")
    for name in _AXES:
        outermost.hook(Axes, name, name)
    outermost.hook(PolarAxes, "plot", "polar_plot")
    _hook_common(outermost)


def _hook_common(outermost: Outermost) -> None:
    from matplotlib.image import NonUniformImage
    from matplotlib.patches import Circle, Ellipse

    axes_3d = importlib.import_module("mpl_toolkits.mplot3d").Axes3D
    for name in _AXES_3D:
        outermost.hook(axes_3d, name, f"{name}_3d")
    outermost.hook(NonUniformImage, "__init__", "image")
    outermost.hook(Ellipse, "__init__", "ellipse")
    outermost.hook(Circle, "__init__", "ellipse")
    for module in ("networkx.drawing.nx_pylab", "networkx"):
        if module in sys.modules:
            for name in _NETWORK:
                outermost.hook(sys.modules[module], name, name)


def is_polar(call: TracedCall) -> bool:
    """Whether the call is one of polar axes."""
    from matplotlib.projections.polar import PolarAxes

    return bool(call.arguments) and isinstance(call.arguments[0], PolarAxes)
