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
    import bokeh.embed
    import bokeh.io
    import bokeh.io.export
    import bokeh.io.saving
    import bokeh.io.showing
    import bokeh.models
    import bokeh.plotting

    def note(obj: Any, filename: Any = None, *_: Any, **__: Any) -> Any:
        """Note the figure. No file is written: what it would hold is drawn after the code has ended."""
        figure = _describe(obj)
        captured.add_output(lambda: figure)
        return filename

    def output_notebook(*_: Any, **__: Any) -> None:
        """There is no notebook page that would need bokeh's script."""

    page = bokeh.embed.file_html

    def file_html(models: Any, *arguments: Any, **options: Any) -> Any:
        """Note the figure of which a page is made, and make the page."""
        if isinstance(models, bokeh.models.LayoutDOM):
            note(models)
        return page(models, *arguments, **options)

    bokeh.embed.file_html = file_html
    for module in (bokeh.io, bokeh.io.export, bokeh.io.saving, bokeh.io.showing, bokeh.plotting):
        for name in _OUTPUTS:
            if hasattr(module, name):
                setattr(module, name, note)
        if hasattr(module, "output_notebook"):
            vars(module)["output_notebook"] = output_notebook


def last_bokeh_figure(names: Mapping[str, Any]) -> BokehFigure | None:
    """Return what the code left in the document or bound last to a name, and neither saved nor showed."""
    from bokeh.io import curdoc
    from bokeh.layouts import column
    from bokeh.models import LayoutDOM

    roots = [root for root in curdoc().roots if isinstance(root, LayoutDOM)]
    if len(roots) > 1:
        curdoc().clear()  # they cannot be in two documents
    if roots:
        return _describe(roots[0] if len(roots) == 1 else column(*roots))

    for value in reversed(list(names.values())):
        if isinstance(value, LayoutDOM):
            return _describe(value)
    return None


def _describe(obj: Any) -> BokehFigure:
    """Return a figure or layout as it is now. Raises ValueError where it is none."""
    from bokeh.embed.standalone import json_item
    from bokeh.io import curdoc

    return BokehFigure(json.dumps(json_item(obj, theme=curdoc().theme)))
