"""Outlines of countries for plotly's maps, from the npm package of plotly.js."""

from __future__ import annotations

import re
from functools import cache

from vincicoder.render.languages.browser.libraries import find_library

_NEEDS_OUTLINES = re.compile(r'"(?:scattergeo|choropleth)"|"geo\d*"\s*:')


def geo_assets(text: str, plotly_js: str) -> str:
    """Return the script that brings the outlines to a figure (JSON) that needs them; '' for another.

    `plotly_js` is the beginning of the library that draws it: its major version decides which outlines.
    """
    name = outlines(text, plotly_js)
    return _script(name) if name else ""


def outlines(text: str, plotly_js: str) -> str:
    """Return the library with the outlines that a figure (JSON) needs, for `find_library`; '' for none."""
    if not _NEEDS_OUTLINES.search(text):
        return ""
    version = re.search(r"plotly\.js v(\d+)\.", plotly_js[:2000])
    return f"plotly.js@{version[1]}" if version else "plotly.js"


@cache
def _script(name: str) -> str:
    path = find_library(name)
    if path is None:
        return ""
    # In plotly.js 4 the script calls itself Plotly.
    return (
        f"<script>{path.read_text('utf-8')}</script><script>window.PlotlyGeoAssets ??= window.Plotly</script>"
    )
