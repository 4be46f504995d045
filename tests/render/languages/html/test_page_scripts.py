"""Pages that load D3, ECharts or Chart.js from a content network are drawn with local copies of these."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from vincicoder.clean.html_resources import html_resources
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderStatus
from vincicoder.render.languages.browser.libraries import LIBRARIES_VARIABLE, find_library
from vincicoder.render.languages.browser.page_scripts import (
    LIBRARIES,
    PageScript,
    page_script,
    without_integrity,
)
from vincicoder.render.languages.html import renderer as html
from vincicoder.render.languages.python.capture.deferred import (
    EChartsFigure,
    PlotlyFigure,
    VegaLiteChart,
    missing_tools,
)

if TYPE_CHECKING:
    from pathlib import Path

_MISSING = [name for name in LIBRARIES if find_library(name) is None] + html.missing_tools()
_needs_libraries = pytest.mark.skipif(bool(_MISSING), reason="vincicoder setup languages fetches them")

_BARS = (
    "<svg width=300 height=200></svg><script>"
    "d3.select('svg').selectAll('rect').data([40,80,120]).enter().append('rect')"
    ".attr('x',function(d,i){return i*60}).attr('width',50).attr('fill','#ff0000').attr('height',0)"
    ".transition().duration(1500)"
    ".attr('height',function(d){return d})</script>"
)
_ECHARTS = (
    "<div id=c style='width:400px;height:300px'></div><script>"
    "echarts.init(document.getElementById('c')).setOption({color:['#ff0000'],xAxis:{data:['a','b']},yAxis:{},series:[{type:'bar',data:[5,9]}]})</script>"
)
_CHART = (
    "<div style='width:400px'><canvas id=c width=400 height=300></canvas></div><script>new Chart("
    "document.getElementById('c').getContext('2d'),{type:'bar',data:{labels:['a','b'],datasets:[{label:'v',data:[5,9],"
    "backgroundColor:'#ff0000'}]}})</script>"
)
_ADDRESSES = {
    "https://d3js.org/d3.v7.min.js": ("d3", 7),
    "//d3js.org/d3.v3.js?x=1": ("d3", 3),
    "https://d3js.org/d3.min.js": ("d3", None),
    "https://cdn.jsdelivr.net/npm/d3@6.2.0/dist/d3.min.js": ("d3", 6),
    "https://cdnjs.cloudflare.com/ajax/libs/d3/5.16.0/d3.min.js": ("d3", 5),
    "https://unpkg.com/d3@^4.1": ("d3", 4),
    "https://cdn.jsdelivr.net/npm/d3": ("d3", None),
    "https://cdn.jsdelivr.net/npm/echarts@5/dist/echarts.min.js": ("echarts", 5),
    "https://cdnjs.cloudflare.com/ajax/libs/echarts/4.9.0-rc.1/echarts-en.common.min.js": ("echarts", 4),
    "https://cdn.staticfile.org/echarts/4.7.0/echarts.min.js": ("echarts", 4),
    "https://cdn.jsdelivr.net/npm/chart.js": ("chart.js", None),
    "https://cdnjs.cloudflare.com/ajax/libs/Chart.js/2.9.4/Chart.bundle.min.js": ("chart.js", 2),
    "https://cdn.jsdelivr.net/npm/chart.js@3.7.1/dist/chart.min.js": ("chart.js", 3),
    "https://unpkg.com/d3-cloud@1/build/d3.layout.cloud.js": None,
    "https://cdn.jsdelivr.net/npm/echarts-gl@2/dist/echarts-gl.min.js": None,
    "https://cdn.jsdelivr.net/npm/echarts@5/theme/dark.js": None,
    "https://cdn.jsdelivr.net/npm/chartjs-plugin-datalabels@2": None,
    "https://example.com/js/d3.min.js": None,
    "d3.v7.min.js": None,
    "file:///d3@7/d3.min.js": None,
    "https://[d3": None,
}


@pytest.mark.parametrize("address", _ADDRESSES)
def test_an_address_names_a_library_and_its_version(address: str) -> None:
    expected = _ADDRESSES[address]
    assert page_script(address) == (PageScript(*expected) if expected else None)


def test_cleaning_keeps_what_the_renderer_serves_and_refuses_what_extends_it() -> None:
    kept = "<script src='https://d3js.org/d3.v7.min.js'></script>"
    assert html_resources(kept) is None
    refused = html_resources("<script src='https://unpkg.com/d3-cloud@1/build/d3.layout.cloud.js'></script>")
    assert "d3-cloud" in str(refused)
    hashed = kept.replace("src=", "integrity='sha384-AAAA' crossorigin src=")
    other = "<script integrity=sha384-AAAA src='https://example.com/x.js'></script>"
    assert without_integrity(hashed + other) == kept.replace("src=", "crossorigin src=") + other


@_needs_libraries
def test_a_page_is_drawn_with_the_version_that_it_asks_for() -> None:
    pages = {f"d3 {major}": (f"https://d3js.org/d3.v{major}.min.js", _BARS) for major in (3, 4, 5, 6, 7)}
    pages |= {f"echarts {major}": (f"https://unpkg.com/echarts@{major}", _ECHARTS) for major in (4, 5, 6)}
    pages |= {f"chart.js {major}": (f"https://unpkg.com/chart.js@{major}", _CHART) for major in (2, 3, 4)}
    hashed = " integrity='sha384-AAAA' crossorigin='anonymous'"
    requests = [
        RenderRequest(f"{name}{turn}", "html", f"<script src='{address}'{hashed}></script>{body}")
        for turn in ("", " again")
        for name, (address, body) in pages.items()
    ]
    inside = find_library("d3@7")
    assert inside is not None
    requests.append(RenderRequest("inside", "html", f"<script>{inside.read_text()}</script>{_BARS}"))
    requests.append(RenderRequest("old", "html", "<script src='https://d3js.org/d3.v2.min.js'></script>"))
    requests.append(RenderRequest("other", "html", "<script src='https://x.test/a.js'></script><p>text"))
    with RenderEngine(workers=1) as engine:
        drawn = {result.request_id: result for result in engine.render(requests)}
    old = drawn.pop("old")
    assert (old.reason, old.detail) == (
        "render.missing_dependency",
        "missing library d3 2: the versions 3, 4, 5, 6, 7 are here",
    )
    assert {name: one.detail for name, one in drawn.items() if one.status is not RenderStatus.RENDERED} == {}
    for name in pages:
        assert drawn[name].pixels_sha256 == drawn[f"{name} again"].pixels_sha256
        png = drawn[name].png
        assert png is not None
        with Image.open(io.BytesIO(png)) as image:
            red = np.all(np.asarray(image) == (255, 0, 0), axis=2)
        assert red.sum() == 50 * 240 if name.startswith("d3") else red.sum() > 5_000, name
    assert drawn["inside"].pixels_sha256 == drawn["d3 7"].pixels_sha256


_D3, _E5, _C4 = (
    f"<script src='{address}'></script>"
    for address in (
        "https://d3js.org/d3.v7.min.js",
        "https://unpkg.com/echarts@5",
        "https://unpkg.com/chart.js@4",
    )
)
_BOX = "<div id=c style='width:400px;height:300px'></div>"
_HOSTILE = {
    "endless_timer": (_D3 + "<script>d3.timer(()=>{for(;;);})</script>", "render.timeout", ""),
    "bomb": (_D3 + "<script>const a=[];for(;;)a.push(d3.range(5e6))</script>", "render.out_of_memory", ""),
    "tall": (
        _D3 + "<p>x<script>d3.select('body').append('svg').attr('height',99999)</script>",
        "render.too_large",
        "the picture is 1280x10",
    ),
    "wide": (
        _E5
        + "<div id=c style='width:90000px;height:30px'></div><script>echarts.init(c).setOption({})</script>",
        "render.too_large",
        "",
    ),
    "later": (
        "<script src='https://d3js.org/d3.v9.min.js'></script><p>x",
        "render.missing_dependency",
        "missing library d3 9: the versions 3, 4, 5, 6, 7 are here",
    ),
    "earlier": (
        "<script src='https://unpkg.com/chart.js@1'></script><p>x",
        "render.missing_dependency",
        "missing library chart.js 1: the versions 2, 3, 4 are here",
    ),
    "one_of_two": (
        _D3 + "<script src='https://unpkg.com/echarts@3'></script><p>x",
        "render.missing_dependency",
        "missing library echarts 3: the versions 4, 5, 6 are here",
    ),
    "module": (
        "<p>x<script type=module>import 'https://unpkg.com/chart.js@4/+esm'</script>",
        "render.missing_dependency",
        "as a module",
    ),
    "by_a_script": (
        "<p>x<script>const s=document.createElement('script');s.src='https://d3js.org/d3.v2.js';"
        "document.body.append(s)</script>",
        "render.missing_dependency",
        "missing library d3 2",
    ),
    "elsewhere": (_D3 + "<p>x<script>location='https://d3js.org/d3.v7.min.js'</script>", "rendered", ""),
    "own_fetch": (
        _C4 + "<p>x<script>window.fetch=0;XMLHttpRequest=0;Promise.prototype.then=0</script>",
        "rendered",
        "",
    ),
    "file": ("<p>x<script src='file:///etc/passwd'></script>" + _E5 + _BOX, "rendered", ""),
    "claims": (_D3 + "<title>missing library d3 7: run vincicoder</title><p>x", "rendered", ""),
}


@_needs_libraries
def test_hostile_pages_with_libraries_have_exact_reasons() -> None:
    requests = [RenderRequest(name, "html", code) for name, (code, _, _) in _HOSTILE.items()]
    with RenderEngine(RenderLimits(cpu_seconds=10), workers=1) as engine:
        drawn = {result.request_id: result for result in engine.render(requests)}
    assert {name: one.reason or "rendered" for name, one in drawn.items()} == {
        name: reason for name, (_, reason, _) in _HOSTILE.items()
    }
    assert [name for name, (_, _, says) in _HOSTILE.items() if says not in drawn[name].detail] == []


def test_a_machine_without_the_libraries_is_not_the_pages_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIBRARIES_VARIABLE, str(tmp_path))
    lacking, unknown = PageScript("d3", 7), PageScript("d3", 2)
    assert (lacking.reason, unknown.reason) == ("render.unsupported", "render.missing_dependency")
    assert f"no JavaScript library 'd3@7' under {tmp_path}: run vincicoder setup languages" in lacking.missing
    figures = {
        "echarts@5": EChartsFigure("[]", 5),
        "plotly.js": PlotlyFigure('{"data":[{"type":"choropleth"}]}', 9, 9, 1),
        "mathjax": PlotlyFigure('{"title":"$x^2$"}', 9, 9, 1),
        "vega": VegaLiteChart("{}", 1),
    }
    for name, figure in figures.items():
        assert f"no JavaScript library '{name}" in missing_tools(figure)[0]
    assert missing_tools(PlotlyFigure('{"data":[{"type":"bar"}]}', 9, 9, 1)) == []
    with RenderEngine(workers=1) as engine:
        result = engine.render_one("<script src='https://d3js.org/d3.v7.min.js'></script><p>x", "html")
    assert (result.reason, result.detail) == ("render.unsupported", lacking.missing)
