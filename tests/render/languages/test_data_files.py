"""Programs read data files beside them in the sandbox, and the next program finds none of them."""

from __future__ import annotations

import json

import pytest

from vincicoder.render import RenderEngine, RenderRequest, RenderResult
from vincicoder.render.registry import why_unsupported
from vincicoder.sample import DataFile

_CSV = DataFile("data/rows.csv", b"a,b\n1,2\n2,5\n3,4\n")
_JSON = DataFile("data/bars.json", b'[{"a": "x", "b": 3}, {"a": "y", "b": 5}]')
_VALUES = {"a": {"field": "a", "type": "nominal"}, "b": {"field": "b", "type": "quantitative"}}
_BARS = {"mark": "bar", "encoding": {"x": _VALUES["a"], "y": _VALUES["b"]}}
_AXIS = (
    "\\documentclass{standalone}\\usepackage{pgfplotstable}\\pgfplotsset{compat=1.18}\\begin{document}"
    "\\begin{tikzpicture}\\begin{axis}\\addplot table[x=a,y=b,col sep=comma] {data/rows.csv};\\end{axis}"
    "\\end{tikzpicture}\\end{document}"
)
_PANDAS = (
    "import pandas as pd, matplotlib.pyplot as plt\nplt.plot(pd.read_csv('data/rows.csv').b)\nplt.show()"
)

# Language, code, its file, and the reason without it.
_PROGRAMS = {
    "pandas": ("python", _PANDAS, _CSV, "render.missing_dependency"),
    "vega-lite": (
        "vega-lite",
        json.dumps({"data": {"url": "data/bars.json"}, **_BARS}),
        _JSON,
        "render.missing_dependency",
    ),
    "gnuplot": (
        "gnuplot",
        "set datafile separator comma\nplot 'data/rows.csv' using 1:2 with lines",
        _CSV,
        "render.missing_dependency",
    ),
    "r": ("r", "plot(read.csv('data/rows.csv'))", _CSV, "render.missing_dependency"),
    "table": ("latex", _AXIS, _CSV, "render.missing_dependency"),
}
_HERE = {name: one for name, one in _PROGRAMS.items() if not why_unsupported(one[0])}


@pytest.fixture(scope="module")
def results() -> dict[str, RenderResult]:
    requests = []
    for name, (language, code, file, _) in _HERE.items():
        requests += [
            RenderRequest(name, language, code, data=(file,)),
            RenderRequest(f"no {name}", language, code),
        ]
    requests.append(
        RenderRequest(
            "values", "vega-lite", json.dumps({"data": {"values": json.loads(_JSON.content)}, **_BARS})
        )
    )
    with RenderEngine(workers=1) as engine:
        return {result.request_id: result for result in engine.render(requests)}


@pytest.mark.parametrize("name", _HERE)
def test_a_program_is_drawn_with_its_file_and_refused_without(
    results: dict[str, RenderResult], name: str
) -> None:
    assert results[name].status == "rendered", results[name].detail
    without = results[f"no {name}"]
    assert without.reason == _PROGRAMS[name][3], without.detail
    assert _PROGRAMS[name][2].name in without.detail


def test_rows_from_a_file_and_in_the_specification_are_one_picture(results: dict[str, RenderResult]) -> None:
    assert results["vega-lite"].pixels_sha256 == results["values"].pixels_sha256
