"""Catches schemdraw's SVG figures (its matplotlib ones are caught there), and drawings left undrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vincicoder.render.languages.python.capture.captured import Pixels, captured, decode_drawn
from vincicoder.render.languages.python.capture.deferred import Deferred
from vincicoder.render.languages.python.capture.on_matplotlib import draw


def hook_schemdraw() -> None:
    """Put the hooks into the SVG figure, whose own `show` starts another program."""
    from schemdraw.backends import svg

    def show(self: Any) -> None:
        data = self.getimage()
        captured.add_output(lambda: decode_drawn(data))

    svg.Figure.show = show  # type: ignore[method-assign]


def draw_left(names: Mapping[str, Any]) -> Pixels | Deferred | None:
    """Draw the drawing that the code bound last to a name of its own; an undrawn one has no figure yet."""
    from schemdraw import Drawing
    from schemdraw.backends import svg

    for value in reversed(list(names.values())):
        if isinstance(value, Drawing) and value.elements:
            figure = value.draw(show=False)
            if isinstance(figure, svg.Figure):
                return decode_drawn(figure.getimage())
            return draw(figure.getfig())
    return None
