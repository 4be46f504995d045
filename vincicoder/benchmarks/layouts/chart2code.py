"""Chart2Code: charts to reproduce (level 1), to edit (level 2), and to draw from a long table (level 3).

`level1_figure` shows the picture of the data beside that of the style. The tables of `level1_customize` and
`level3` go into the text, spreadsheets as CSV, sheet by sheet. What lacks a part of that is judged but not
asked for. On the hub only the columns of `level1_direct` were seen.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.benchmarks.cells import first, image_of
from vincicoder.benchmarks.spreadsheet import SpreadsheetError, spreadsheet_as_csv
from vincicoder.sample import Domain

_REPRODUCE = ("", "level1_direct")
_DATA = {"level1_customize": "input data", "level3": "input excel"}
_LONGEST_PATH = 1_000
_CAPTIONS = ("The picture of the data:", "The picture of the style:")


def _finish(item: Item, found: Found) -> Item:
    name = item.item.rpartition("/")[2]
    kind = name.partition("_")[0] if item.group in ("level1_direct", "level2") and "_" in name else ""
    level = item.group.partition("_")[0]
    item = replace(item, chart_type=item.chart_type or kind, difficulty=item.difficulty or level)
    if item.group in _REPRODUCE:
        return replace(item, request=None, shown=())
    if item.group == "level1_figure":
        data = image_of(found.row, ("input image_2",), [found.folder] if found.folder else [])
        whole = bool(item.request and item.shown and data)
        shown = (data, *item.shown) if data else item.shown
        return replace(item, shown=shown, captions=_CAPTIONS if whole else (), is_askable=whole)
    table = _table(first(found.row, ("input data", "input excel")), found.folder)
    if item.request and table:
        item = replace(item, request=f"{item.request}\n\n{table}")
    whole = bool(item.request and item.shown) and (bool(table) or item.group not in _DATA)
    return replace(item, is_askable=whole)


def _table(named: object, folder: Path | None) -> str:
    """The data as text: of the file that is named below the folder, else the cell's own text."""
    if not isinstance(named, str) or folder is None:
        return ""
    file = (folder / named).resolve() if len(named) < _LONGEST_PATH and "\0" not in named else folder
    suffix = file.suffix.lower()
    if folder.resolve() not in file.parents or not file.is_file():
        return "" if suffix in (".txt", ".csv", ".xlsx") else named
    if suffix != ".xlsx":
        return file.read_text("utf-8", errors="replace").strip()
    try:
        return spreadsheet_as_csv(file)
    except SpreadsheetError:
        return ""


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
