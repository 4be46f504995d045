"""What kind of drawing a Python program makes, by the functions it calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first kind of which any name is called. Special kinds come before those they are built with.
_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "3d": _names("plot_surface plot_wireframe plot_trisurf bar3d Surface Scatter3d"),
        "polar": _names("polar set_theta_direction Barpolar Scatterpolar"),
        "heatmap": _names("imshow heatmap pcolormesh matshow pcolor Heatmap clustermap"),
        "contour": _names("contour contourf tricontourf tricontour Contour kdeplot"),
        "box": _names("boxplot violinplot boxenplot Box Violin swarmplot stripplot"),
        "histogram": _names("hist hist2d histplot Histogram displot hexbin"),
        "pie": _names("pie Pie Sunburst"),
        "bar": _names("bar barh barplot countplot Bar broken_barh"),
        "area": _names("fill_between stackplot fill_betweenx area"),
        "errorbar": _names("errorbar"),
        "vectors": _names("quiver streamplot barbs"),
        "graph": _names("draw_networkx draw_networkx_nodes draw_networkx_edges Sankey"),
        "molecule": _names("MolFromSmiles loadMolecule MolToImage"),
        "circuit": _names("Drawing Resistor Capacitor"),
        "scatter": _names("scatter scatterplot Scatter Scattergl"),
        "line": _names("plot lineplot step stem semilogx semilogy loglog relplot stairs"),
        "shapes": _names("add_patch add_artist add_collection"),
    }
)
_CALLED = re.compile(r"\.(\w+)\(|(?<![\w.])(\w+)\(")


def chart_type(code: str) -> str:
    """Return one word such as `bar`; `other` where no known function is called."""
    called = {name for names in _CALLED.findall(code) for name in names if name}
    return next((kind for kind, names in _KINDS.items() if names & called), "other")
