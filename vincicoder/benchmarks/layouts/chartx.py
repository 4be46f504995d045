"""ChartX: charts of 18 types, of which the task `redrawing` asks for the code."""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain


def _finish(item: Item, found: Found) -> Item:
    folder = "" if found.row else item.item.partition("/")[0]
    return replace(item, chart_type=item.chart_type or folder)


BENCHMARK = Benchmark(
    name="chartx",
    source="the data set InternScience/ChartX (ChartX_annotation_test.json, _val.json, ChartX_png.zip; "
    "before U4R/ChartX) and its copy geoskyr/ChartX (columns)",
    domain=Domain.CHART,
    language="python",
    code=("redrawing", "plot_code", "py"),
    images=("image_file", "img", "imgname"),
    ids=("imgname",),
    hub=("InternScience/ChartX",),
    split="validation",
    finish=_finish,
)
