"""What a Python sample hands over for another language's worker to draw, after its code has ended."""

from __future__ import annotations

from dataclasses import dataclass

from vincicoder.render.protocol import HandOver, PageView
from vincicoder.render.python_figure import PlotlyFigure, make_page, picture_of_page


@dataclass(frozen=True, slots=True)
class DotGraph:
    """A graph in Graphviz's language that names its own layout engine. `text` may be anything at all."""

    text: str

    def head(self) -> dict[str, float]:
        """Return the numbers that go with the text: one that says what it is."""
        return {"graph": 1}


Deferred = PlotlyFigure | DotGraph


def hand_over(figure: Deferred) -> HandOver:
    """Return the document that draws the figure, and the language whose worker is to do so."""
    if isinstance(figure, DotGraph):
        return HandOver("graphviz", figure.text, PageView())
    return HandOver("html", make_page(figure), picture_of_page(figure))
