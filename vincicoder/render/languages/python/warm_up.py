"""Small drawings of the common kinds, made in the warm process so that no sample pays for first use.

A first time costs: tables are filled, fonts looked for and opened, modules imported at first use, base
classes asked for, and the interpreter specialises code that has run a few times. It must leave nothing
that changes a later picture: settings are put back, no figure stays open, no colour, colour map or unit
converter is added (tests/render/languages/python/test_python_warm_up.py).
"""

from __future__ import annotations

import importlib
import io
import itertools
from typing import Any

import numpy as np

_FONT_SIZES = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 8.33, 8.8, 9.6, 10.4)
_SMALL = (4, 3)  # inches, in all drawings: the pixels are not what is warmed up
_X = np.linspace(0.1, 6, 20)
_NAMES = ["one", "two"]


def warm_up_light() -> None:
    """Draw what matplotlib alone can, under its own settings."""
    import matplotlib
    import matplotlib.pyplot as plt

    with matplotlib.rc_context():
        _find_fonts()
        for draw in (_lines, _bars, _fields, _spread, _other_axes, _lines):
            draw(plt)
            plt.savefig(io.BytesIO(), bbox_inches="tight" if draw is _lines else None)
            plt.close("all")


def warm_up_heavy() -> None:
    """Draw what pandas and seaborn draw, under seaborn's settings, after all that."""
    import matplotlib
    import matplotlib.pyplot as plt

    sns: Any = importlib.import_module("seaborn")
    # Not `sns.set_theme`: it also changes what the colours "b", "g", "r" are, for good.
    with matplotlib.rc_context({**sns.axes_style("whitegrid"), **sns.plotting_context("notebook")}):
        _find_fonts()
        for draw in (_statistics, _lines):
            draw(plt)
            plt.savefig(io.BytesIO(), bbox_inches="tight")
            plt.close("all")


def _find_fonts() -> None:
    """Fill the cache of the font search, 7 ms each: its key is every property with the families' lists."""
    from matplotlib.font_manager import FontProperties, fontManager

    for size, weight in itertools.product(_FONT_SIZES, ("normal", "bold")):
        fontManager._find_fonts_by_props(FontProperties(size=size, weight=weight))


def _lines(plt: Any) -> None:
    figure, axes = plt.subplots(figsize=_SMALL)
    for number, style in enumerate(("-", "--", ":")):
        axes.plot(_X, np.sin(_X + number), style, marker="o", linewidth=2, alpha=0.8, label=f"line {number}")
    axes.plot([1, 2, 3], [1.5, 0.5, 1.0], "ro-", label=r"$x^2_i + \frac{1}{2}$")
    axes.fill_between(_X, np.cos(_X), alpha=0.3, color="#ff7f0e")
    axes.axhline(0.5, color="gray", linestyle="--")
    axes.axvline(2, color="k")
    axes.set_title("Title 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ", fontsize=14, fontweight="bold")
    axes.set_xlabel("abcdefghijklmnopqrstuvwxyz .,:;()%-+/", fontsize=12)
    axes.set_ylabel("y label")
    axes.set_xlim(0, 7)
    axes.set_xticks([0, 2, 4])
    axes.tick_params(axis="x", labelsize=9)
    axes.set_yscale("symlog")
    axes.annotate("peak", xy=(1.5, 1), xytext=(3, 1.2), arrowprops={"arrowstyle": "->"})
    axes.text(2, 0, "text", ha="center", bbox={"boxstyle": "round", "facecolor": "wheat"})
    axes.grid(True, linestyle="--", alpha=0.5)
    axes.legend(loc="upper right", title="legend")
    axes.spines["top"].set_visible(False)
    other = axes.twinx()
    other.plot(_X, _X**2, color="tab:red")
    figure.tight_layout()


def _bars(plt: Any) -> None:
    figure, axes = plt.subplots(2, 2, figsize=_SMALL)
    bars = axes[0, 0].bar(_NAMES, [1, 2], yerr=[0.1, 0.2], color=["r", "g"], capsize=4, label="a")
    axes[0, 0].bar_label(bars, fmt="%.1f")
    axes[0, 0].set_xticks(range(2))
    axes[0, 0].set_xticklabels(_NAMES, rotation=45)
    axes[0, 1].barh(_NAMES, [3, 1], height=0.5, edgecolor="black")
    axes[0, 1].invert_yaxis()
    axes[1, 0].bar(np.arange(2) - 0.2, [1, 2], 0.4)
    axes[1, 0].bar(np.arange(2) + 0.2, [2, 1], 0.4, bottom=[1, 2], hatch="/")
    axes[1, 1].pie([1, 2], labels=_NAMES, autopct="%1.1f%%", explode=(0, 0.1), shadow=True)
    figure.suptitle("$\\alpha = \\frac{1}{2}$", fontsize=16)
    figure.tight_layout(rect=(0, 0, 1, 0.95))


def _fields(plt: Any) -> None:
    figure, axes = plt.subplots(1, 3, figsize=_SMALL, constrained_layout=True)
    x, y = np.meshgrid(_X[::3], _X[::3])
    image = axes[0].imshow(np.sin(x * y), cmap="viridis", aspect="auto")
    figure.colorbar(image, ax=axes[0], label="value")
    filled = axes[1].contourf(x, y, np.sin(x) * y, levels=6, cmap="coolwarm")
    axes[1].clabel(axes[1].contour(x, y, np.sin(x) * y, levels=4, colors="k"))
    figure.colorbar(filled, ax=axes[1])
    axes[2].pcolormesh(x, y, x + y, shading="auto")
    axes[2].quiver(x, y, np.cos(x), np.sin(y))


def _spread(plt: Any) -> None:
    figure, axes = plt.subplots(2, 3, figsize=_SMALL, sharey=False)
    axes[0, 0].hist([np.sin(_X), np.cos(_X)], bins=8, label=["a", "b"])
    axes[0, 0].legend()
    points = axes[0, 1].scatter(_X, np.sin(_X), c=_X, s=_X * 20, cmap="plasma", edgecolors="k")
    figure.colorbar(points, ax=axes[0, 1])
    axes[0, 2].boxplot([_X, np.sin(_X)], patch_artist=True)
    axes[1, 0].violinplot([_X, np.sin(_X)], showmeans=True)
    axes[1, 1].errorbar(_X, np.sin(_X), yerr=0.2, fmt="o", capsize=3)
    axes[1, 1].set_xscale("log")
    axes[1, 2].stem(_X, np.sin(_X))
    axes[1, 2].step(_X, np.cos(_X), where="mid")
    axes[1, 2].stackplot(_X, _X, _X**0.5, labels=["a", "b"])


def _other_axes(plt: Any) -> None:
    import datetime

    figure = plt.figure(figsize=_SMALL)
    polar = figure.add_subplot(131, projection="polar")
    polar.plot(_X, _X)
    polar.fill(_X, _X, alpha=0.2)
    solid = figure.add_subplot(132, projection="3d")
    x, y = np.meshgrid(_X[::6], _X[::6])
    solid.plot_surface(x, y, np.sin(x), cmap="viridis")
    solid.scatter(_X, _X, np.sin(_X))
    solid.set_zlabel("z")
    dated = figure.add_subplot(133)
    dated.plot([datetime.date(2024, 1, 1) + datetime.timedelta(days=day) for day in range(90)], np.arange(90))
    figure.autofmt_xdate()


def _statistics(plt: Any) -> None:
    sns: Any = importlib.import_module("seaborn")
    pandas: Any = importlib.import_module("pandas")
    frame = pandas.DataFrame({"x": _X, "y": np.sin(_X), "kind": _NAMES * (len(_X) // 2)})
    frame.groupby("kind")["y"].mean().plot(kind="bar")
    plt.close("all")
    _, axes = plt.subplots(2, 3, figsize=_SMALL)
    sns.scatterplot(data=frame, x="x", y="y", hue="kind", ax=axes[0, 0])
    sns.lineplot(data=frame, x="x", y="y", hue="kind", ax=axes[0, 1])
    sns.barplot(data=frame, x="kind", y="y", n_boot=10, seed=0, ax=axes[0, 2])
    sns.histplot(data=frame, x="y", hue="kind", kde=True, ax=axes[1, 0])
    sns.boxplot(data=frame, x="kind", y="y", hue="kind", palette="Set2", ax=axes[1, 1])
    sns.heatmap(frame.pivot_table(index="kind", values=["x", "y"]), annot=True, fmt=".1f", ax=axes[1, 2])


def warm_up_plotly() -> None:
    """Make the commonest plotly figures once: most of its modules are imported at first use."""
    import plotly.express as px
    import plotly.graph_objects as go

    frame = {"x": [1, 2], "y": [3, 4], "kind": ["a", "b"]}
    for draw in (px.line, px.bar, px.scatter):
        draw(frame, x="x", y="y", color="kind").update_layout(title="warm")
    traces = [go.Scatter(y=[1]), go.Bar(y=[1]), go.Pie(values=[1]), go.Heatmap(z=[[1]]), go.Histogram(x=[1])]
    go.Figure(traces).update_xaxes(title_text="warm").to_json()
