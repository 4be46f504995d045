"""The colours of what a program drew, read at its end: what it changed afterwards counts.

As ChartMimic's evaluator has it (color_evaluator_prefix.py), of several things that one kind of call drew in
one colour the last one is looked at; maps of colours count by their names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vincicoder.render.languages.python.trace.calls import TracedCall, is_polar

# What is read of a call: the colour it has now, and the object to ask at the end.
_Part = tuple[str | None, Any]


def hexadecimal(color: Any) -> str | None:
    """Return a colour as #RRGGBB (as #RRGGBBAA only where it was so written), or None where it is none."""
    from matplotlib import colors

    if isinstance(color, str) and color.startswith("#") and len(color) in (7, 9):
        return color.upper()
    if not isinstance(color, str) and len(color) not in (3, 4):
        return None
    try:
        return str(colors.to_hex(color)).upper()
    except ValueError:
        return None


def _line(item: Any) -> list[str | None]:
    return [hexadecimal(item.get_color())]


def _face(item: Any) -> list[str | None]:
    return [hexadecimal(item.get_facecolor())]


def _first_face(item: Any) -> list[str | None]:
    found = item.get_facecolor()
    return [hexadecimal(list(found[0]))] if len(found) else []


def _faces(item: Any) -> list[str | None]:
    return [hexadecimal(color) for color in item.get_facecolor().tolist()]


def _edges(item: Any) -> list[str | None]:
    return [hexadecimal(color) for color in item.get_edgecolor().tolist()]


def _original(item: Any) -> list[str | None]:
    return [hexadecimal(list(item._original_facecolor))]


def _map(item: Any) -> list[str | None]:
    return [str(item.get_cmap().name)]


def _drawn_edges(item: Any) -> list[str | None]:
    """Of a graph: arrows, or one collection of lines."""
    return [color for arrow in item for color in _face(arrow)] if isinstance(item, list) else _edges(item)


_Items = Callable[[TracedCall], Iterable[Any]]


def _result(call: TracedCall) -> Iterable[Any]:
    return [call.result]


def _each(call: TracedCall) -> Iterable[Any]:
    return list(call.result)


def _bars(call: TracedCall) -> Iterable[Any]:
    """Of a histogram: its patches, in one series or several."""
    patches = call.result[2]
    return [item for part in patches for item in (part if hasattr(part, "__iter__") else [part])]


def _boxes(call: TracedCall) -> Iterable[Any]:
    from matplotlib.patches import PathPatch

    return [item for item in call.result["boxes"] if isinstance(item, PathPatch)]


# By kind of call: what it drew, and how the colours of each such thing are read.
_READERS: dict[str, tuple[_Items, Callable[[Any], list[str | None]]]] = {
    "line": (lambda call: [call.result[0]], _line),
    "axhline": (_result, _line),
    "axvline": (_result, _line),
    "fill_between": (_result, _first_face),
    "bar": (_each, _original),
    "scatter": (_result, _first_face),
    "pie": (lambda call: list(call.result[0]), _face),
    "axvspan": (_result, _face),
    "axhspan": (_result, _face),
    "hlines": (_result, _edges),
    "vlines": (_result, _edges),
    "boxplot": (_boxes, _face),
    "violinplot": (lambda call: list(call.result["bodies"]), _first_face),
    "hist": (_bars, _face),
    "quiver": (_result, _faces),
    "polar_plot": (_each, _line),
    "imshow": (_result, _map),
    "pcolor": (_result, _map),
    "contour": (_result, _map),
    "contourf": (_result, _map),
    "tripcolor": (_result, _map),
    "fill": (_each, _face),
    "broken_barh": (_result, _faces),
    "image": (lambda call: [call.arguments[0]], _map),
    "ellipse": (lambda call: [call.arguments[0]], _face),
    "draw_networkx_nodes": (_result, _faces),
    "draw_networkx_edges": (_result, _drawn_edges),
    "draw_networkx_labels": (lambda call: list(call.result.values()), _line),
    "scatter_3d": (_result, _faces),
    "plot_3d": (_each, _line),
    "plot_surface_3d": (_result, _first_face),
    "bar3d_3d": (_result, _first_face),
    "bar_3d": (_each, _face),
    "add_collection3d_3d": (_result, _faces),
}
_MAPPED = ("scatter", "scatter_3d", "plot_surface_3d")  # by a map of colours where one was given


class DrawnColors:
    """What was drawn so far, by call and colour."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str], tuple[Any, Callable[[Any], list[str | None]] | None]] = {}

    def note(self, call: TracedCall) -> None:
        """Note what a call drew."""
        polar = call.kind == "scatter" and is_polar(call)
        place = f"{call.kind}_polar" if polar else call.kind
        given = call.named.get("cmap") if call.kind in _MAPPED else None
        if given is not None:
            self._drawn[place, given if isinstance(given, str) else given.name] = (None, None)
            return
        items, read = _READERS[call.kind]
        for item in items(call):
            now = [color for color in read(item) if color is not None]
            if now:
                self._drawn[place, now[-1]] = (item, read)

    def read(self) -> list[str]:
        """Return every colour as `kind--colour`, each once, in order."""
        found: set[str] = set()
        for (place, color), (item, read) in self._drawn.items():
            try:
                colors = [color] if read is None else read(item)
            except Exception:  # taken from the figure since, or made unreadable
                continue
            found.update(f"{place}--{name}" for name in colors if name is not None)
        return sorted(found)
