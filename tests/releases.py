"""Builds small real releases with refinement rows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from flows.pipeline import run_build
from flows.runners import DirectRunner
from tests.samples import CHART
from vincicoder.config import BuildConfig
from vincicoder.refine.config import RefineConfig

_COLORS = ("red", "green", "blue", "orange", "purple", "teal", "black", "gray")


def pictures() -> list[dict[str, Any]]:
    """18 programs: pictures that differ, in three languages."""
    rows = []
    for number, color in enumerate(_COLORS + _COLORS[:4]):
        size = 20 + 15 * number
        shapes = f'<rect x="10" y="10" width="{size}" height="{240 - size}" fill="{color}"/>'
        shapes += f'<circle cx="190" cy="{40 + 14 * number}" r="{10 + 2 * number}" fill="navy"/>' * (
            1 + number % 2
        )
        code = f'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">{shapes}</svg>'
        rows.append({"id": f"shape-{number:02d}", "domain": "svg", "language": "svg", "code": code})
    for number, shape in enumerate(("box", "ellipse", "diamond")):
        edges = " -> ".join("abcdefg"[: 3 + 2 * number])
        code = f"digraph {{\n  node [shape={shape} color=red]\n  {edges}\n  a -> c [label=again]\n}}"
        rows.append({"id": f"graph-{number}", "domain": "diagram", "language": "graphviz", "code": code})
    for number, values in enumerate(("1, 3, 2", "9, 4, 0", "0, 5, 5")):
        code = CHART.format(values=values, title=f"Chart number {number}")
        rows.append({"id": f"chart-{number}", "domain": "chart", "language": "python", "code": code})
    return rows


@dataclass(frozen=True)
class Releases:
    """The folders of two releases, made with these `benchmarks`: the second (the current one, of `own`) is of
    fewer rows, one of them changed."""

    home: Path
    first: Path
    second: Path
    own: Path
    benchmarks: tuple[str, ...]


def build(home: Path, own: Path, recipe: Path | str, **changes: Any) -> Path:
    """Build from one own source configuration, with a refinement version of every row that allows it."""
    settings = {"refine": RefineConfig(share_percent=100), "workers": 2, "accept": True, **changes}
    config = BuildConfig(profile=None, source_configs=(own,), recipe=str(recipe), shard_rows=8, **settings)
    return Path(run_build(config, str(home), DirectRunner(2), flow_run="").release)


def rows_of(release: Path) -> list[dict[str, Any]]:
    """All rows of a release, with the split that each is in by its file."""
    return [
        {**row, "file_split": path.name.partition("-")[0]}
        for path in sorted((release / "data").glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def copy_of(release: Path, target: Path) -> Path:
    """A copy of a release's folder that a test may damage."""
    return Path(shutil.copytree(release, target))
