"""Catches pyecharts' charts where they would be rendered: ECharts draws the last one in the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vincicoder.render.languages.python.capture.captured import captured
from vincicoder.render.languages.python.capture.deferred import EChartsFigure

_OUTPUTS = ("render", "render_notebook", "render_embed", "load_javascript", "_repr_html_")


def hook_pyecharts() -> None:
    """Put the hooks into what all kinds of charts, and pages of them, inherit."""
    from pyecharts.charts import Page
    from pyecharts.charts.base import Base

    def note(self: Any, path: Any = "render.html", *_: Any, **__: Any) -> Any:
        """Note the chart. No file is written: what it would hold is drawn after the code has ended."""
        figure = _describe(self)
        captured.add_output(lambda: figure)
        return path

    for kind in (Base, Page):
        for name in _OUTPUTS:
            setattr(kind, name, note)


def last_echarts_figure(names: Mapping[str, Any]) -> EChartsFigure | None:
    """Return the chart that the code bound last to a name and never rendered."""
    from pyecharts.charts import Page
    from pyecharts.charts.base import Base

    for value in reversed(list(names.values())):
        if isinstance(value, Base | Page):
            return _describe(value)
    return None


def _describe(chart: Any) -> EChartsFigure:
    from pyecharts.globals import CurrentConfig

    charts = list(getattr(chart, "_charts", [])) or [chart]
    drawn = [
        {
            "width": str(one.width),
            "height": str(one.height),
            "theme": str(one.theme),
            "background": str(getattr(one, "bg_color", "") or ""),
            "options": one.dump_options(),
        }
        for one in charts
    ]
    major = 6 if "/v6/" in str(CurrentConfig.ONLINE_HOST) else 5
    return EChartsFigure(json.dumps(drawn), major)
