"""ChartMimic: charts of papers. `direct_*` are to be reproduced; `customized_*` show a chart and ask for its
like with other data. The text stands in a table's row; for the folders in `dimentions_info_edit.jsonl` of
the benchmark's repository, which belongs beside them, and the picture in the folder `direct_*` (`ori_500`).

The published evaluator puts the data block of the reference before an answer to `customized`; here an answer
is the whole program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.benchmarks.tables import rows_of
from vincicoder.sample import Domain

_REQUESTS = "dimentions_info_edit.jsonl"  # its published name


def _finish(item: Item, found: Found) -> Item | None:
    if {"idx", "width", "height"} <= found.row.keys():  # the texts of the folders' items
        return None
    name = item.item.rpartition("/")[2]
    kind = re.match(r"([A-Za-z0-9]+?)_\d+", name)
    item = replace(item, chart_type=item.chart_type or (kind[1].lower() if kind else ""))
    named = re.search(r"(direct|customized)_(600|1800)", found.place)
    item = replace(item, group=item.group or (named[0] if named else ""))
    task = str(found.row.get("task") or item.group).lower()
    if "custom" not in task:  # direct: the text only says to reproduce the picture
        return replace(item, request=None, shown=())
    if not found.row and found.folder is not None and found.place.count("/") > 1:  # nothing above is read
        item = _with_request(item, name.removesuffix("_edit"), found.folder)
    return replace(item, is_askable=bool(item.request and item.shown))


def _with_request(item: Item, name: str, folder: Path) -> Item:
    """A folder's item with what is asked of it, and the picture of the same name that is to be reproduced."""
    file = folder.parent / _REQUESTS
    row = _requests(file, file.stat().st_mtime_ns).get(name) if file.is_file() else None
    if row is None:
        return item
    text = f"{row['instruction']}\nUse figsize=({row['width']}, {row['height']}) for the size of the figure."
    direct = item.group.replace("customized_500", "ori_500").replace("customized", "direct")
    picture = folder.parent / direct / f"{name}.png"
    return replace(item, request=text, shown=(picture.read_bytes(),) if picture.is_file() else ())


@lru_cache(maxsize=2)
def _requests(file: Path, changed: int) -> Mapping[str, Mapping[str, Any]]:
    """The rows by their names; `changed` tells a file from the one that it was."""
    del changed
    wanted = ("instruction", "width", "height")
    return {str(row["idx"]): row for row in rows_of("chartmimic", file) if {"idx", *wanted} <= row.keys()}


BENCHMARK = Benchmark(
    name="chartmimic",
    source="ChartMimic/ChartMimic@c9e149c README.md (dataset-iclr.tar.gz; before, ori_500 "
    "and customized_500); open-compass/VLMEvalKit@0c7163c vlmeval/dataset/chartmimic.py (TSV); "
    "ChartMimic/ChartMimic@7ee16fb dimentions_info_edit.jsonl and chart2code/agents/edit_agent.py",
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
