"""Draws what plotnine has built and the code left in a name; its saves and shows are matplotlib's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vincicoder.render.languages.python.capture.captured import Pixels
from vincicoder.render.languages.python.capture.on_matplotlib import draw


def last_ggplot(names: Mapping[str, Any]) -> Pixels | None:
    """Return the plot, composition or drawn figure that the code bound last to a name, drawn."""
    from matplotlib.figure import Figure
    from plotnine import ggplot
    from plotnine.composition import Compose

    for value in reversed(list(names.values())):
        if isinstance(value, ggplot | Compose):
            return draw(value.draw())
        if isinstance(value, Figure):
            return draw(value)
    return None
