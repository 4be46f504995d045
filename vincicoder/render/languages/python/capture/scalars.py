"""Texts of a picture in which numpy's scalars stand as numpy 2 writes them: `np.float64(1.5)`, once `1.5`.

A list of them within a title is the common case. No author wants that in a picture.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.notes import changed_call

_SCALAR = re.compile(r"\bnp\.(?:(?:float|int|uint|complex|str|longdouble)\w*\(|(?:True|False)_\b)")
_WRITES_THEM = not np.__version__.startswith("1.")  # numpy 2 and later
_drawn: list[str] = []


def hook_scalars() -> None:
    """In the warm process: look at every text that matplotlib draws. Numpy 1 is left alone."""
    if not _WRITES_THEM:
        return
    from matplotlib.backends.backend_agg import RendererAgg

    renderer: Any = RendererAgg
    original = renderer.draw_text

    def draw_text(self: Any, gc: Any, x: Any, y: Any, s: Any, *rest: Any, **options: Any) -> None:
        if "np." in s:
            _drawn.append(s)
        original(self, gc, x, y, s, *rest, **options)

    renderer.draw_text = draw_text


def forget_texts() -> None:
    """Begin another drawing: the last one is the picture."""
    _drawn.clear()


def note_scalars(figure: str = "") -> None:
    """Note such texts of the last drawing, or of the description of a figure that is still to be drawn."""
    texts = [figure] if figure else _drawn
    if _WRITES_THEM and any("np." in text and _SCALAR.search(text) for text in texts):
        captured.note(changed_call("numpy", "repr(scalar)", "2.0"))
