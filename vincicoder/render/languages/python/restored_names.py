"""Names that matplotlib had until 3.4, put back into the oldest that has wheels for our Python, 3.6.

Each does what it did there. Newer stacks do not get them: a program that needs them is tried on an older one.
"""

from __future__ import annotations

import collections
import collections.abc
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from vincicoder.render.languages.python.restored_older import NOT_DRAWN, restore_older_names

_WHOLE_AXIS = ("base", "nonpos", "subs", "linthresh", "linscale")
_NOT_SAVED = frozenset({"quality", "optimize", "progressive", "papertype", "frameon"})
"""Arguments of `savefig` that say how a file is written."""

_OLD_SETTINGS = frozenset(
    (
        *("animation.html_args", "axes.color_cycle", "datapath", "keymap.all_axes", "savefig.frameon"),
        *("mathtext.fallback_to_cm", "savefig.jpeg_quality", "text.latex.preview"),
    )
)


def restore_names() -> None:
    """In the warm process of a stack with matplotlib 3.6: put them back. Nothing with a later one."""
    import matplotlib

    if matplotlib.__version_info__[:2] != (3, 6):
        return
    _restore_python()
    _restore_modules()
    _restore_axes()
    _restore_figures()
    _restore_settings(matplotlib)
    restore_older_names()


def _restore_python() -> None:
    """Of the Python of that time (until 3.9, 3.10)."""
    for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
        _put(collections, name, getattr(collections.abc, name))
    _put(inspect, "getargspec", lambda function: inspect.getfullargspec(function)[:4])


def _restore_modules() -> None:
    from matplotlib import cbook, cm, colors, font_manager, legend, ticker

    def iterable(value: Any) -> bool:
        return hasattr(value, "__iter__")

    class IndexFormatter(ticker.Formatter):  # type: ignore[misc,name-defined,unused-ignore]
        """Labels by their number."""

        def __init__(self, labels: Any) -> None:
            self.labels = labels

        def __call__(self, x: float, pos: Any = None) -> str:
            number = int(x + 0.5)
            return str(self.labels[number]) if 0 <= number < len(self.labels) else ""

    _put(cbook, "iterable", iterable)
    _put(cm, "cmap_d", cm._colormaps)
    _put(colors, "DivergingNorm", colors.TwoSlopeNorm)
    _put(ticker, "IndexFormatter", IndexFormatter)
    _put(font_manager, "_rebuild", lambda: None)
    _put(legend.Legend, "draggable", lambda self, state=True: self.set_draggable(state))


def _restore_axes() -> None:
    import matplotlib.pyplot as plt
    from matplotlib import cm, colors, scale
    from matplotlib.axes import Axes
    from matplotlib.gridspec import SubplotSpec

    for kind in (scale.LogScale, scale.SymmetricalLogScale):
        _wrap(kind, "__init__", _without_axis)
    for name in ("hist", "hist2d"):
        _wrap(Axes, name, _density)
    for owner in (Axes, plt):
        _wrap(owner, "annotate", _text_of_annotation)
    for edge, position in (("first", "is_first_"), ("last", "is_last_")):
        for line in ("row", "col"):
            told = f"is_{edge}_{line}"
            _put(Axes, told, lambda self, name=position + line: getattr(self.get_subplotspec(), name)())
    _put(Axes, "rowNum", property(lambda self: self.get_subplotspec().rowspan.start))
    _put(Axes, "colNum", property(lambda self: self.get_subplotspec().colspan.start))

    def change_geometry(self: Any, *grid: int) -> None:
        """Move to place `grid[2]` of a grid of `grid[0]` by `grid[1]`."""
        place: Any = SubplotSpec
        self.set_subplotspec(place._from_subplot_args(self.figure, grid))

    _put(Axes, "change_geometry", change_geometry)
    mappable: Any = cm.ScalarMappable
    original = mappable._scale_norm

    def scale_norm(self: Any, norm: Any, vmin: Any, vmax: Any) -> None:
        """Take limits beside a norm too: they are then the norm's."""
        if isinstance(norm, colors.Normalize) and (vmin is not None or vmax is not None):
            self.set_clim(vmin, vmax)
            vmin = vmax = None
        original(self, norm, vmin, vmax)

    _put(mappable, "_scale_norm", scale_norm)


def _restore_figures() -> None:
    import matplotlib.pyplot as plt
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.figure import Figure, FigureBase

    original = FigureBase.gca

    def gca(self: Any, **options: Any) -> Any:
        """Return the current axes, or new ones where it is of another kind than what is asked for."""
        if not options:
            return original(self)
        kind = "polar" if options.get("polar") else options.get("projection") or "rectilinear"
        present = self._axstack.current()
        if present is not None and getattr(present, "name", "") == kind:
            return present
        return self.add_subplot(1, 1, 1, **options)

    _put(FigureBase, "gca", gca)
    _put(plt, "gca", lambda **options: plt.gcf().gca(**options))
    _put(FigureCanvasBase, "set_window_title", lambda self, title: None)
    _wrap(Figure, "savefig", _without_file_settings)


def _restore_settings(matplotlib: Any) -> None:
    """Let settings pass that are gone and decide no pixels, and the old forms of others."""
    kind = type(matplotlib.rcParams)
    original = kind.__setitem__

    def set_item(self: Any, name: str, value: Any) -> None:
        if name == "axes.color_cycle":
            original(self, "axes.prop_cycle", matplotlib.cycler(color=value))
        elif name == "text.latex.preamble" and isinstance(value, list):
            original(self, name, "\n".join(value))
        elif name not in _OLD_SETTINGS and name not in NOT_DRAWN:
            original(self, name, value)

    _put(kind, "__setitem__", set_item)


Options = dict[str, Any]


def _without_axis(options: Options) -> Options:
    """`basex`, `nonposy`, `linthreshx`: the name of the axis is part of the argument's."""
    told = {
        old: "nonpositive" if name == "nonpos" else name
        for name in _WHOLE_AXIS
        for old in (f"{name}x", f"{name}y")
    }
    return {told.get(name, name): value for name, value in options.items()}


def _density(options: Options) -> Options:
    normed = options.pop("normed", None)
    return options if normed is None else {**options, "density": bool(normed)}


def _text_of_annotation(options: Options) -> Options:
    return {"text" if name == "s" else name: value for name, value in options.items()}


def _without_file_settings(options: Options) -> Options:
    return {name: value for name, value in options.items() if name not in _NOT_SAVED}


def _wrap(owner: Any, name: str, change: Callable[[Options], Mapping[str, Any]]) -> None:
    original = getattr(owner, name)

    def called(*arguments: Any, **options: Any) -> Any:
        return original(*arguments, **change(options))

    called.__name__ = name
    called.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    _put(owner, name, called)


def _put(owner: Any, name: str, replacement: Any) -> None:
    setattr(owner, name, replacement)
