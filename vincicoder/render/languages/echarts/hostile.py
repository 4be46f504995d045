"""ECharts programs that load, loop, grow, leave, or take the page apart."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_BARS = "{xAxis: {type: 'category', data: ['a', 'b']}, yAxis: {}, series: [{type: 'bar', data: [3, 5]}]}"
_NEIGHBOUR = f"option = {_BARS};"


def _with(statement: str) -> str:
    return f"{statement}\noption = {_BARS};"


_SAMPLES = [
    Hostile("empty", "render.error", " ", "no option"),
    Hostile("syntax_error", "render.error", "option = {series: [", "Unexpected"),
    Hostile("no_option", "render.error", "const rows = [1, 2];", "no option"),
    Hostile("throws", "render.error", "throw new Error('boom');", "boom"),
    Hostile("unknown_name", "render.error", "option = {series: seriesOf(3)};", "seriesOf is not defined"),
    Hostile(
        "unknown_extension",
        "render.missing_dependency",
        "option = {series: [{type: 'wordCloud', data: []}]};",
    ),
    Hostile(
        "unknown_map",
        "render.missing_dependency",
        "option = {geo: {map: 'china'}, series: [{type: 'map', map: 'china', data: []}]};",
    ),
    Hostile(
        "data_by_jquery",
        "render.missing_dependency",
        "$.get('data.json', function (data) { option = data; });",
    ),
    Hostile(
        "data_from_loopback",
        "render.missing_dependency",
        "fetch('http://127.0.0.1:@PORT@/a.json').then((found) => { option = found; });",
    ),
    Hostile(
        "reads_the_disk",
        "render.missing_dependency",
        "fetch('file:///etc/passwd').then((found) => { option = found; });",
    ),
    Hostile("calls_out", "rendered", _with("fetch('http://127.0.0.1:@PORT@/').catch(() => {});")),
    Hostile("picture_of_canary", "rendered", _with("new Image().src = '@CANARY@';")),
    Hostile("endless_loop", "render.timeout", "for (;;);", "CPU time"),
    Hostile(
        "huge_picture",
        "render.too_large",
        _with("stage.style.width = '50000px'; stage.style.height = '50000px';"),
    ),
    Hostile("leaves_the_page", "render.error", "location.href = 'about:blank';"),
    Hostile("removes_the_page", "rendered", _with("document.head.innerHTML = ''; document.title = 'gone';")),
    Hostile(
        "script_in_label",
        "rendered",
        "option = {title: {text: '</script><script>for(;;);</script>'}, series: []};",
    ),
    Hostile(
        "breaks_the_library", "render.error", _with("echarts.version = '0'; Array.prototype.map = undefined;")
    ),
    Hostile(
        "remembers", "rendered", _with("localStorage.seen = 'x'; window.name = 'seen'; globalThis.seen = 1;")
    ),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
