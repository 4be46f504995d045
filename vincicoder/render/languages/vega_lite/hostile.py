"""Specifications that load, loop, grow, or change the next one."""

from __future__ import annotations

import json

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_ROWS = {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}]}
_BARS = {
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}
_NEIGHBOUR = json.dumps({"data": _ROWS, **_BARS})


def _specification(**changes: object) -> str:
    return json.dumps({"data": _ROWS, **_BARS, **changes})


def _calculated(expression: str) -> str:
    return _specification(transform=[{"calculate": expression, "as": "b"}])


_CONTENTS = "constructor.constructor('for(;;);')()"

_SAMPLES = [
    Hostile("empty", "render.error", " ", "JSON"),
    Hostile("not_json", "render.error", "{'mark': 'bar'}", "JSON"),
    Hostile("no_view", "render.error", '{"data": {"values": []}}'),
    Hostile(
        "rows_from_loopback",
        "render.missing_dependency",
        _specification(data={"url": "http://127.0.0.1:@PORT@/rows.json"}),
        "put the rows into data.values",
    ),
    Hostile(
        "rows_from_afar",
        "render.missing_dependency",
        _specification(data={"url": "data/cars.json"}),
        "data/cars",
    ),
    Hostile(
        "rows_from_file",
        "render.forbidden",
        _specification(data={"url": "file:///etc/passwd"}),
        "/etc/passwd",
    ),
    Hostile("rows_from_canary", "render.missing_dependency", _specification(data={"url": "@CANARY@"})),
    Hostile(
        "picture_from_loopback",
        "render.missing_dependency",
        _specification(
            mark={"type": "image", "url": "http://127.0.0.1:@PORT@/a.png", "width": 9, "height": 9}
        ),
    ),
    Hostile("function_constructor", "render.error", _calculated(_CONTENTS)),
    Hostile("way_to_window", "render.error", _calculated("datum.a.constructor.constructor('for(;;);')()")),
    Hostile("unknown_function", "render.error", _calculated("fetch('http://127.0.0.1:@PORT@/')")),
    Hostile(
        "link_to_script",
        "rendered",
        _specification(
            mark={"type": "bar", "href": "javascript:for(;;);", "tooltip": "<script>for(;;);</script>"}
        ),
    ),
    Hostile("markup_in_title", "rendered", _specification(title="<img src=x onerror='for(;;);'>")),
    Hostile(
        "polluted_prototype",
        "rendered",
        '{"__proto__": {"mark": "point"}, "config": {"__proto__": {"background": "red"}},' + _NEIGHBOUR[1:],
    ),
    Hostile(
        "changed_theme", "rendered", _specification(config={"background": "#333", "bar": {"color": "red"}})
    ),
    Hostile("huge_picture", "render.too_large", _specification(width=90000, height=90000)),
    Hostile(
        "computes_without_end", "render.timeout", _specification(description="@FAULT@ burn "), "CPU time"
    ),
    Hostile("crashes", "render.crashed", _specification(description="@FAULT@ die "), "signal 11"),
    Hostile("deep_text", "render.error", "[" * 100_000, "JSON"),
    Hostile("endless_signal", "rendered", _specification(params=[{"name": "p", "expr": "p + 1"}])),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
