"""Begins to note in a sample's own process, and says at its end what it noted."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.on_matplotlib import pictured
from vincicoder.render.languages.python.trace.calls import (
    Outermost,
    TracedCall,
    hook_colors,
    hook_types,
    is_polar,
)
from vincicoder.render.languages.python.trace.colors import DrawnColors
from vincicoder.render.languages.python.trace.parts import figure_parts
from vincicoder.render.languages.python.trace.recorder import DrawnTexts, grid_places, placed_texts

# These land in one file with those of flat axes, under one name.
_SAME_TYPE = {"scatter_3d": "scatter", "bar_3d": "bar"}
_encode = json.dumps  # the sample may have replaced it


class Record:
    """What one program calls. Made after the fork, so that programs of which nothing is asked pay nothing."""

    def __init__(self) -> None:
        pictured.clear()  # of the warm process's own drawings
        self._types: Counter[str] = Counter()
        self._colors = DrawnColors()
        self._texts = DrawnTexts()
        hook_types(Outermost(self._note_type))
        hook_colors(Outermost(self._colors.note))

    def _note_type(self, call: TracedCall) -> None:
        polar = call.kind == "plot" and is_polar(call)
        self._types["polar_plot" if polar else _SAME_TYPE.get(call.kind, call.kind)] += 1

    def read(self) -> str:
        """Return the record as JSON (see `vincicoder.evaluate.trace`), or an empty text where matplotlib drew
        nothing."""
        if not pictured:
            return ""
        figure: Any = pictured[-1]
        types, colors = dict(self._types), self._colors.read()
        with captured.quiet():
            record = {
                "types": types,
                "colors": colors,
                "layout": grid_places(figure),
                "placed": placed_texts(figure),
                "size": [float(side) for side in figure.get_size_inches()],
                "parts": figure_parts(figure),
                "texts": self._texts.read(figure),
            }
        return _encode(record)
