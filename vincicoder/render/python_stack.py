"""What is imported before a Python sample runs, and the first drawings that fill lazy tables."""

from __future__ import annotations

import importlib
import io
import os
import warnings
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from vincicoder.render.fonts import fonts_fingerprint

_STACK = [
    "numpy",
    "matplotlib",
    "matplotlib.pyplot",
    "matplotlib.patches",
    "matplotlib.gridspec",
    "matplotlib.ticker",
    "matplotlib.dates",
    "matplotlib.animation",
    "matplotlib.colors",
    "matplotlib.cm",
    "matplotlib.lines",
    "matplotlib.backends.backend_agg",
    "mpl_toolkits.mplot3d",
    "mpl_toolkits.axes_grid1",
    "pandas",
    "seaborn",
    "scipy.stats",
    "PIL.Image",
    "PIL.ImageDraw",
    "PIL.ImageFont",
    "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin",
]


def import_stack(cache: Path) -> None:
    """Import the plotting stack. Font names are kept in `cache`, as matplotlib takes seconds to list them."""
    os.environ["MPLBACKEND"] = "Agg"
    fonts = cache / "python" / f"matplotlib-{metadata.version('matplotlib')}-{fonts_fingerprint()}"
    with suppress(OSError):
        fonts.mkdir(parents=True, exist_ok=True)
    if os.access(fonts, os.W_OK):
        os.environ["MPLCONFIGDIR"] = str(fonts)
    warnings.simplefilter("ignore")
    for name in _STACK:
        importlib.import_module(name)


def warm_up() -> None:
    """Draw the commonest things once."""
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(2, 2)
    axes[0, 0].plot([1, 2, 3], [1, 4, 2], marker="o", label="$x^2_i$ warm")
    axes[0, 0].legend(title="legend")
    axes[0, 0].set_title("Title 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ", fontweight="bold")
    axes[0, 0].set_xlabel("abcdefghijklmnopqrstuvwxyz .,:;()%-+/")
    axes[0, 1].bar(["a", "b"], [1, 2])
    axes[0, 1].grid(True, linestyle="--", alpha=0.5)
    axes[1, 0].pie([1, 2], labels=["a", "b"], autopct="%1.1f%%")
    mesh = axes[1, 1].imshow(np.eye(3), cmap="viridis")
    figure.colorbar(mesh, ax=axes[1, 1])
    figure.suptitle("$\\alpha = \\frac{1}{2}$")
    figure.tight_layout()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    plt.close("all")


def warm_up_plotly() -> None:
    """Make the commonest plotly figures once: most of its modules are imported at first use."""
    import plotly.express as px
    import plotly.graph_objects as go

    frame = {"x": [1, 2], "y": [3, 4], "kind": ["a", "b"]}
    for draw in (px.line, px.bar, px.scatter):
        draw(frame, x="x", y="y", color="kind").update_layout(title="warm")
    traces = [go.Scatter(y=[1]), go.Bar(y=[1]), go.Pie(values=[1]), go.Heatmap(z=[[1]]), go.Histogram(x=[1])]
    go.Figure(traces).update_xaxes(title_text="warm").to_json()
