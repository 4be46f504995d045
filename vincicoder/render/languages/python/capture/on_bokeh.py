"""Catches bokeh's figures where they would be saved or shown: the browser draws the last one afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.deferred import BokehFigure

_OUTPUTS = ("show", "save", "export_png", "export_svg", "export_svgs")


def hook_bokeh() -> None:
    """Put the hooks into bokeh's functions, wherever they are imported from."""
    import bokeh.io
    import bokeh.io.export
    import bokeh.io.saving
    import bokeh.io.showing
    import bokeh.plotting

    def note(obj: Any, filename: Any = None, *_: Any, **__: Any) -> Any:
        """Note the figure. No file is written: what it would hold is drawn after the code has ended."""
        figure = _describe(obj)
        captured.add_output(lambda: figure)
        return filename

    def output_notebook(*_: Any, **__: Any) -> None:
        """There is no notebook page that would need bokeh's script."""

    for module in (bokeh.io, bokeh.io.export, bokeh.io.saving, bokeh.io.showing, bokeh.plotting):
        for name in _OUTPUTS:
            if hasattr(module, name):
                setattr(module, name, note)
        if hasattr(module, "output_notebook"):
            vars(module)["output_notebook"] = output_notebook


def last_bokeh_figure(names: Mapping[str, Any]) -> BokehFigure | None:
    """Return the figure or layout that the code bound last to a name and neither saved nor showed."""
    from bokeh.models import LayoutDOM

    for value in reversed(list(names.values())):
        if isinstance(value, LayoutDOM):
            return _describe(value)
    return None


def _describe(obj: Any) -> BokehFigure:
    """Return a figure or layout as it is now. Raises ValueError where it is none."""
    from bokeh.embed import json_item

    return BokehFigure(json.dumps(json_item(obj)))
