"""Chart2Code: charts to reproduce (level 1), to edit (level 2), and to draw from a long table (level 3).

`level1_figure` shows two pictures and `level3` a spreadsheet: answers to these can be judged, but are not
asked for here. On the hub only the columns of `level1_direct` were seen.
"""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain

_REPRODUCE = ("", "level1_direct")
_UNASKED = ("level1_figure", "level3")


def _finish(item: Item, found: Found) -> Item:
    name = item.item.rpartition("/")[2]
    kind = name.partition("_")[0] if item.group in ("level1_direct", "level2") and "_" in name else ""
    level = item.group.partition("_")[0]
    item = replace(item, chart_type=item.chart_type or kind, difficulty=item.difficulty or level)
    if item.group in _REPRODUCE:
        return replace(item, request=None, shown=None)
    data = found.row.get("input data")
    if item.request and isinstance(data, str) and found.folder is not None:
        file = found.folder / data
        inside = file.is_file() and found.folder in file.parents
        text = file.read_text("utf-8", errors="replace") if inside else data
        item = replace(item, request=f"{item.request}\n\n{text}")
    asked = item.request is not None and item.shown is not None and item.group not in _UNASKED
    return replace(item, is_askable=asked)


BENCHMARK = Benchmark(
    name="chart2code",
    source="CSU-JPG/Chart2Code@781a14f README.md (folders), Evaluation/srcs/base_evaluator.py and "
    "Inference/*/srcs/gpt_5_*.py (keys of level*.json); the data set CSU-JPG/Chart2Code@15af955 README.md",
    domain=Domain.CHART,
    language="python",
    code=("GT code", "python_code"),
    images=("GT image", "input_chart_image", "input image"),
    ids=("GT image", "sample_id", "input image"),
    request=("instruction",),
    shown=("input image",),
    groups=("level1_direct", "level1_customize", "level1_figure", "level2", "level3"),
    tables=("level*.json", "*.parquet"),
    has_pairs=False,
    hub=("CSU-JPG/Chart2Code",),
    configurations=("level1_direct",),
    split="train",
    finish=_finish,
)
