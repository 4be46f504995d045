"""ECharts: run in a page of the html renderer, with the library inside."""

from __future__ import annotations

from pathlib import Path

from vincicoder.render.languages.html.programs import program_renderer

_STAGE = "width:800px;height:600px"  # of the element that a chart fills

RENDERER = program_renderer("echarts@6", Path(__file__).parent / "echarts.js", _STAGE)
