"""What kind of drawing a program makes, told from its code: for strata and tables, not for truth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first kind of which any name is called. Special kinds come before those they are built with.
_PYTHON: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "3d": names("plot_surface plot_wireframe plot_trisurf bar3d Surface Scatter3d"),
        "polar": frozenset(("polar", "set_theta_direction", "Barpolar", "Scatterpolar")),
        "heatmap": names("imshow heatmap pcolormesh matshow pcolor Heatmap clustermap"),
        "contour": names("contour contourf tricontourf tricontour Contour kdeplot"),
        "box": names("boxplot violinplot boxenplot Box Violin swarmplot stripplot"),
        "histogram": names("hist hist2d histplot Histogram displot hexbin"),
        "pie": frozenset(("pie", "Pie", "Sunburst")),
        "bar": names("bar barh barplot countplot Bar broken_barh"),
        "area": names("fill_between stackplot fill_betweenx area"),
        "errorbar": frozenset(("errorbar",)),
        "vectors": names("quiver streamplot barbs"),
        "graph": names("draw_networkx draw_networkx_nodes draw_networkx_edges Sankey"),
        "molecule": names("MolFromSmiles loadMolecule MolToImage"),
        "circuit": frozenset(("Drawing", "Resistor", "Capacitor")),
        "scatter": names("scatter scatterplot Scatter Scattergl"),
        "line": names("plot lineplot step stem semilogx semilogy loglog relplot stairs"),
        "shapes": names("add_patch add_artist add_collection"),
    }
)
_CALLED = re.compile(r"\.(\w+)\(|(?<![\w.])(\w+)\(")
_LATEX = (
    ("plot", ("\\addplot", "\\begin{axis}")),
    ("circuit", ("circuitikz",)),
    ("graph", ("\\graph", "-- node", "edge")),
    ("drawing", ("tikzpicture", "\\tikz", "\\draw", "pspicture")),
    ("table", ("tabular", "tblr")),
    ("formula", ("\\[", "$", "equation", "align")),
)
_MARK = re.compile(r'"mark"\s*:\s*(?:\{[^{}]*"type"\s*:\s*)?"(\w+)"')
_MERMAID = re.compile(r"\s*(?:---.*?---\s*)?(?:%%[^\n]*\s*)*([A-Za-z]+)", re.DOTALL)


def chart_type_of(language: str, code: str) -> str:
    """Return one word such as `bar`, `table` or `flowchart`; the language itself where nothing tells."""
    if language == "python":
        called = {name for names in _CALLED.findall(code) for name in names if name}
        return next((kind for kind, names in _PYTHON.items() if names & called), "other")
    if language == "latex":
        return next((kind for kind, marks in _LATEX if any(mark in code for mark in marks)), "text")
    if language == "vega-lite":
        mark = _MARK.search(code)
        return mark[1] if mark else "other"
    if language == "mermaid":
        word = _MERMAID.match(code)
        return word[1].lower() if word else "other"
    return language
