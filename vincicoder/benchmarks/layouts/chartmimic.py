"""ChartMimic: charts of papers. `direct_*` are to be reproduced; `customized_*` show a chart and ask for its
like with other data, which only tables with the text tell.

The published evaluator puts the data block of the reference before an answer to `customized`; here an answer
is the whole program.
"""

from __future__ import annotations

import re
from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain


def _finish(item: Item, found: Found) -> Item:
    name = item.item.rpartition("/")[2]
    kind = re.match(r"([A-Za-z0-9]+?)_\d+", name)
    item = replace(item, chart_type=item.chart_type or (kind[1].lower() if kind else ""))
    named = re.search(r"(direct|customized)_(600|1800)", found.place)
    item = replace(item, group=item.group or (named[0] if named else ""))
    task = str(found.row.get("task") or item.group).lower()
    if "custom" not in task:  # direct: the text only says to reproduce the picture
        return replace(item, request=None, shown=None)
    return replace(item, is_askable=item.request is not None)


BENCHMARK = Benchmark(
    name="chartmimic",
    source="ChartMimic/ChartMimic@c9e149c README.md (dataset-iclr.tar.gz; before, ori_500 "
    "and customized_500); open-compass/VLMEvalKit@0c7163c vlmeval/dataset/chartmimic.py (TSV)",
    domain=Domain.CHART,
    language="python",
    code=("GroundTruthFigureCode", "ground_truth_figure_code", "ground_truth_code"),
    images=("GroundTruthFigure", "ground_truth_figure", "GroundTruthFigurePreview", "figure"),
    ids=("ExampleID", "example_id"),
    request=("Instruction", "question"),
    shown=("InputFigure", "input_figure", "InputFigurePreview"),
    groups=("direct_600", "direct_1800", "customized_600", "customized_1800", "ori_500", "customized_500"),
    hub=("ChartMimic/ChartMimic",),
    finish=_finish,
)
