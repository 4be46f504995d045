"""The parts of a figure that Chart2Code compares: colours by what they stand for, grids, legends, texts,
values and types of charts.

As in CSU-JPG/Chart2Code@781a14f Evaluation/srcs/{color,grid,legend,parameter,text,type}_evaluator.py. Lists
of values are reduced to what those compare: which numbers are in them.
"""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

# Of a figure: more make no chart, and their record would leave no room for the rest.
_MOST_ELEMENTS, _MOST_VALUES, _MOST_OF_ONE, _MOST_TEXTS = 1_000, 10_000, 4_000, 500
_Colors = dict[str, dict[str, str]]


def figure_parts(figure: Any) -> dict[str, Any]:
    """Return all parts by name; one that cannot be read is missing. Alters nothing."""
    labels = [_tick_labels(axes) for axes in figure.axes]
    readers: dict[str, Callable[[], Any]] = {
        "keyed_colors": lambda: _colors(figure, labels),
        "grids": lambda: [grid for axes in figure.axes if any(grid := _grid(axes))],
        "legends": lambda: _legends(figure),
        "texts_by_kind": lambda: _texts(figure, labels),
        "elements": lambda: _elements(figure),
        "chart_types": lambda: _types(figure, labels),
        "table": lambda: [
            row for axes, of in zip(figure.axes, labels, strict=True) for row in _table(axes, of[0])
        ][:_MOST_TEXTS],
    }
    found = {}
    for name, read in readers.items():
        try:
            found[name] = read()
        except Exception:  # an artist of a kind of its own
            continue
    return found


def _tick_labels(axes: Any) -> tuple[list[str], list[str]]:
    return tuple(  # type: ignore[return-value]
        [label.get_text() for label in read()] for read in (axes.get_xticklabels, axes.get_yticklabels)
    )


def _hexadecimal(color: Any) -> str | None:
    """Return a colour as #RRGGBB; None where it is none, or nothing is to be seen of it."""
    from matplotlib.colors import to_hex, to_rgba

    try:
        if color is None or (isinstance(color, str) and color.lower() == "none"):
            return None
        rgba = to_rgba(color)
        return to_hex(rgba, keep_alpha=False).upper() if rgba[3] else None
    except (ValueError, TypeError):
        return None


def _colors(figure: Any, labels: list[tuple[list[str], list[str]]]) -> _Colors:
    """Return colours by kind of part and by what they stand for: a label, else a number."""
    found: _Colors = defaultdict(dict)
    numbers: Counter[str] = Counter()
    if color := _hexadecimal(figure.patch.get_facecolor()):
        found["figure_bg"]["figure"] = color
    for place, (axes, (ticks, _)) in enumerate(zip(figure.axes, labels, strict=True)):
        if color := _hexadecimal(axes.patch.get_facecolor()):
            found["axes_bg"][f"axes_{place}"] = color
        _legend_colors(axes, found)
        for read in (_patch_colors, _line_colors, _collection_colors):
            try:
                read(axes, ticks, found, numbers)
            except Exception:  # as published: the rest of the kind is left out
                continue
        for text in axes.texts:
            if (color := _hexadecimal(text.get_color())) and text.get_text():
                found["text_color"][text.get_text()] = color
        for kind, key, part in (
            ("title", "title", axes.title),
            ("axis_label", "xlabel", axes.xaxis.label),
            ("axis_label", "ylabel", axes.yaxis.label),
        ):
            if color := _hexadecimal(part.get_color()):
                found[kind][key] = color
    return found


def _legend_colors(axes: Any, found: _Colors) -> None:
    from matplotlib.patches import Rectangle

    legend = axes.get_legend()
    if not legend:
        return
    for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False):
        read = getattr(handle, "get_facecolor", None) or getattr(handle, "get_color", None)
        color = _hexadecimal(read()) if read else None
        if color and text.get_text():
            found["patch_face" if isinstance(handle, Rectangle) else "line_color"][text.get_text()] = color


def _named(label: Any, kind: str, prefix: str, numbers: Counter[str]) -> str:
    if label and not str(label).startswith("_"):
        return str(label)
    numbers[kind] += 1
    return f"{prefix}_{numbers[kind] - 1}"


def _patch_colors(axes: Any, ticks: list[str], found: _Colors, numbers: Counter[str]) -> None:
    for place, patch in enumerate(axes.patches):
        label = ticks[place] if place < len(ticks) else ""
        if color := _hexadecimal(patch.get_facecolor()):
            if not label:
                numbers["patch_face"] += 1
            found["patch_face"].setdefault(label or f"patch_{numbers['patch_face'] - 1}", color)
        if color := _hexadecimal(patch.get_edgecolor()):
            found["patch_edge"][label or f"patch_edge_{place}"] = color


def _line_colors(axes: Any, _ticks: list[str], found: _Colors, numbers: Counter[str]) -> None:
    for line in axes.lines:
        if color := _hexadecimal(line.get_color()):
            found["line_color"].setdefault(_named(line.get_label(), "line_color", "line", numbers), color)


def _collection_colors(axes: Any, _ticks: list[str], found: _Colors, numbers: Counter[str]) -> None:
    for collection in axes.collections:
        colors = np.unique(collection.get_facecolors(), axis=0)
        names = sorted({_hexadecimal(color) or "" for color in colors})
        if names == [""]:
            continue
        if len(colors) == 1:
            key = _named(collection.get_label(), "scatter_color", "scatter_group", numbers)
            found["scatter_color"].setdefault(key, names[0])
        else:
            for name in names[:_MOST_TEXTS]:
                found["scatter_palette"][f"palette_color_{numbers['scatter_palette']}"] = name
                numbers["scatter_palette"] += 1


def _grid(axes: Any) -> list[bool]:
    return [any(line.get_visible() for line in read()) for read in (axes.get_xgridlines, axes.get_ygridlines)]


def _legends(figure: Any) -> list[list[Any]]:
    """Return every text of every legend that shows, with the legend's box in pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    found: list[list[Any]] = []
    legends = [*figure.legends, *(legend for axes in figure.axes if (legend := axes.get_legend()))]
    if not legends:
        return found
    # A figure that was shown, and so closed, has lost its canvas.
    canvas: Any = figure.canvas if hasattr(figure.canvas, "get_renderer") else FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    for legend in dict.fromkeys(legends):
        if legend.get_visible():
            box = [float(edge) for edge in legend.get_window_extent(renderer).extents]
            texts = [text.get_text() for text in legend.get_texts() if text.get_visible() and text.get_text()]
            found += [[text, *box] for text in texts]
    return found[:_MOST_TEXTS]


def _texts(figure: Any, labels: list[tuple[list[str], list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    if figure._suptitle:
        found["suptitle"].append(figure._suptitle.get_text())
    for axes, (across, up) in zip(figure.axes, labels, strict=True):
        found["title"].append(axes.title.get_text())
        found["xlabel"].append(axes.xaxis.label.get_text())
        found["ylabel"].append(axes.yaxis.label.get_text())
        found["tick_label"] += across + up
        if legend := axes.get_legend():
            found["legend_text"] += [text.get_text() for text in legend.get_texts()]
        found["annotation"] += [text.get_text() for text in axes.texts]
    shown = {kind: [text for text in texts if text][:_MOST_TEXTS] for kind, texts in found.items()}
    return {kind: texts for kind, texts in shown.items() if texts}


def _types(figure: Any, labels: list[tuple[list[str], list[str]]]) -> list[str]:
    """Return the types of charts that the artists make up. What one axes has rules out others in the next."""
    found: set[str] = set()
    for axes, (ticks, _) in zip(figure.axes, labels, strict=True):
        _add_types(axes, ticks, found)
    return sorted(found)


def _add_types(axes: Any, ticks: list[str], found: set[str]) -> None:
    from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
    from matplotlib.container import BarContainer
    from matplotlib.image import AxesImage
    from matplotlib.patches import Rectangle, Wedge

    def has(kind: Any, artists: Any) -> bool:
        return any(isinstance(artist, kind) for artist in artists)

    if has(BarContainer, axes.containers):
        found.add("bar" if any(not label.replace(".", "", 1).isdigit() for label in ticks) else "histogram")
    if has(QuadMesh, axes.collections):
        found.add("heatmap")
    if has(PolyCollection, axes.collections) and len(axes.lines) and any(map(_is_violin, axes.collections)):
        found.add("violin")
    if len(axes.lines) and "violin" not in found:
        found.add("line")
    if has(PathCollection, axes.collections):
        found.add("scatter")
    if has(Wedge, axes.patches):
        found.add("pie")
    if has(Rectangle, axes.patches) and not found & {"bar", "histogram"}:
        if len(axes.lines) > 2 * len(axes.patches):
            found.add("boxplot")
        elif "pie" not in found:
            found.add("bar")
    if has(AxesImage, axes.images) and "heatmap" not in found:
        found.add("image")


def _is_violin(collection: Any) -> bool:
    from matplotlib.collections import PolyCollection

    if not isinstance(collection, PolyCollection) or not collection.get_paths():
        return False
    points: Any = collection.get_paths()[0].vertices
    return bool(
        np.all(points[:, 1] > 0) and abs(points[:, 0].min()) - abs(points[:, 0].max()) < 1e-6  # as published
    )


def _elements(figure: Any) -> list[dict[str, Any]]:
    """Return what is drawn, with its values: lines, rectangles, polygons, collections."""
    from matplotlib.patches import Polygon, Rectangle

    found: list[dict[str, Any]] = []
    room = [_MOST_VALUES]

    def values(given: Any) -> Any:
        return _values(np.array(given), room)

    for axes in figure.axes:
        for line in axes.lines:
            found.append(
                {
                    "type": "line",
                    "xdata": values(line.get_xdata()),
                    "ydata": values(line.get_ydata()),
                    "linestyle": _scalar(line.get_linestyle()),
                    "linewidth": _scalar(line.get_linewidth()),
                    "marker": _scalar(line.get_marker()),
                    "markersize": _scalar(line.get_markersize()),
                    "alpha": _scalar(line.get_alpha()),
                }
            )
        for patch in axes.patches:
            alpha = {"alpha": _scalar(patch.get_alpha())}
            if isinstance(patch, Rectangle):
                sides = {"width": _scalar(patch.get_width()), "height": _scalar(patch.get_height())}
                found.append({"type": "rectangle", "xy": values(patch.get_xy()), **sides, **alpha})
            elif isinstance(patch, Polygon):
                found.append({"type": "polygon", "verts": values(patch.get_xy()), **alpha})
        for collection in axes.collections:
            found.append({"type": "collection", "alpha": _scalar(collection.get_alpha())})
            found[-1]["offsets"] = values(collection.get_offsets())
            if hasattr(collection, "get_sizes"):
                found[-1]["sizes"] = values(collection.get_sizes())
        if len(found) > _MOST_ELEMENTS or room[0] < 0:
            break
    return found[:_MOST_ELEMENTS]


def _values(given: Any, room: list[int]) -> Any:
    """Return which numbers are in an array, as base64 of sorted doubles; or, where not all are numbers, which
    texts."""
    if given.ndim == 0:
        return _scalar(given.item())
    plain = given.tolist()
    try:
        found = np.unique(np.asarray(plain, float))[:_MOST_OF_ONE]
        room[0] -= len(found)
        return {"numbers": base64.b64encode(found.tobytes()).decode()}
    except (ValueError, TypeError):
        texts = sorted({_text(one) or type(one).__name__ for one in plain})[:_MOST_OF_ONE]
        room[0] -= len(texts)
        return {"texts": texts}


def _text(value: Any) -> str:
    """Return a value's text, '' where it has none of its own: Python's is then its address in memory."""
    kind: Any = type(value)
    return "" if kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__ else str(value)


def _scalar(value: Any) -> Any:
    """Return a single value as JSON has it; what is neither number nor text is equal to nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray | list):
        return _values(np.asarray(value), [_MOST_VALUES])
    return value if value is None or isinstance(value, bool | int | float | str) else {"other": True}


def _table(axes: Any, ticks: list[str]) -> list[list[Any]]:
    """Return what a chart says as row, column and value: bars by their labels, points of lines, wedges."""
    from matplotlib.container import BarContainer
    from matplotlib.patches import Wedge

    names = dict(zip(map(float, axes.get_xticks()), ticks, strict=False))
    found: list[list[Any]] = []
    for number, container in enumerate(one for one in axes.containers if isinstance(one, BarContainer)):
        label = _named(container.get_label(), "bar", "bar", Counter(bar=number))
        for bar in container.patches:
            middle = bar.get_x() + bar.get_width() / 2
            name = next((text for at, text in names.items() if text and abs(at - middle) < 1e-6), "")
            found.append([name or f"{middle:.6g}", label, float(bar.get_height())])
    for number, line in enumerate(axes.lines):
        label = _named(line.get_label(), "line", "line", Counter(line=number))
        numbers = zip(line.get_xdata(), line.get_xdata(orig=False), line.get_ydata(orig=False), strict=False)
        for x, at, y in numbers:
            name = f"{x:.6g}" if isinstance(x, float | int) else _text(x)
            found.append([name or f"{at:.6g}", label, float(y)])
            if len(found) > _MOST_TEXTS:
                return found
    total = len(axes.texts)
    for place, wedge in enumerate(patch for patch in axes.patches if isinstance(patch, Wedge)):
        name = axes.texts[place].get_text() if place < total else ""
        found.append([name or f"part {place}", "share", (wedge.theta2 - wedge.theta1) / 360])
    return found
