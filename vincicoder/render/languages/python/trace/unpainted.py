"""Drawing without painting, where a chart's record is wanted alone: all is laid out, and no pixel is set."""

from __future__ import annotations

import re
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured

# What looks at pixels, or at the file of a picture.
_LOOKS = re.compile(r"\b(?:buffer_rgba|tostring_\w+|print_\w+|imread|Image|BytesIO|open|pathlib|os)\b")


def needs_painting(code: str) -> bool:
    """Whether a program may look at what it has drawn."""
    return _LOOKS.search(code) is not None


def paint_nothing() -> None:
    """Leave the painting out of matplotlib's drawing, for the rest of this process."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.collections import Collection
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    captured.paints = False
    renderer: Any = RendererAgg
    for name in _PAINTING:
        setattr(renderer, name, _nothing)
    for kind in (AxesImage, Line2D, Patch):
        setattr(kind, "draw", _nothing)  # noqa: B010 - mypy allows no other way
    # Its colours come from its values only when it is drawn.
    setattr(Collection, "draw", lambda self, _renderer: self.update_scalarmappable())  # noqa: B010


# The first gives each renderer the methods below.
_PAINTING = (
    *("_update_methods", "draw_path", "draw_markers", "draw_path_collection", "draw_quad_mesh"),
    *("draw_gouraud_triangles", "draw_image", "draw_tex", "draw_mathtext", "draw_text"),
)


def _nothing(*_: Any, **__: Any) -> None: ...
