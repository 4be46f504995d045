"""ECharts: run in a page of the html renderer, with the library inside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vincicoder.render.languages.browser.libraries import missing_libraries
from vincicoder.render.languages.browser.program_page import program_fingerprint, program_page
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.protocol import HandOver, LanguageRenderer, WorkerRenderer

_LIBRARY, _DRIVER = "echarts@6", Path(__file__).parent / "echarts.js"
_STAGE = "width:800px;height:600px"  # of the element that a chart fills


def hand_over(code: str) -> HandOver:
    """Return the page that draws an option or a program."""
    return program_page(code, _LIBRARY, _DRIVER, _STAGE)


def fingerprint() -> Mapping[str, str]:
    """Version of ECharts, what calls it, and the size."""
    return program_fingerprint(_LIBRARY, _DRIVER, _STAGE)


def missing_tools() -> list[str]:
    """Say what to install."""
    return [*html.missing_tools(), *missing_libraries(_LIBRARY, fetched_by="vincicoder setup languages")]


RENDERER: LanguageRenderer[WorkerRenderer] = LanguageRenderer(
    fingerprint=fingerprint, missing_tools=missing_tools, hand_over=hand_over
)
