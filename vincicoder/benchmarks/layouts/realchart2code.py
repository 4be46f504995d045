"""RealChart2Code: of its tasks the first, charts of real data to be reproduced from their picture alone.

Its reference programs read data files and are not named in the list of tasks, so the items are pictures.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain

_DATA = "selected_chart2code_benchmark_data"


def _finish(item: Item, found: Found) -> Item:
    image, path = item.image, str(found.row.get("image_path") or "").replace("\\", "/")
    if image is None and found.folder is not None and f"{_DATA}/" in path:
        # Paths are those of the machine that made the list: what counts begins at the data folder.
        inside = PurePosixPath(_DATA, path.rpartition(f"{_DATA}/")[2])
        file = found.folder / inside
        image = file.read_bytes() if ".." not in inside.parts and file.is_file() else None
    return replace(item, code=None, image=image, chart_type=str(found.row.get("category") or ""))


BENCHMARK = Benchmark(
    name="realchart2code",
    source="Speakn0w/RealChart2Code@e63be40 README.md (folders), RealChart2Code_eval/evaluate_task1.py "
    "(data_task1_task2.json: tasks by name, with image_path, category and difficulty)",
    domain=Domain.CHART,
    language="python",
    images=("image_path",),
    ids=("id",),
    tables=("data_task1_task2.json",),
    has_pairs=False,
    finish=_finish,
)
