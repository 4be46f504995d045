"""A build with a benchmark at hand releases none of its items, and says which were checked."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.pipeline import BuildResult, run_build
from flows.runners import DirectRunner
from tests.corpora import write_corpus
from vincicoder.benchmarks import BenchmarkError
from vincicoder.config import BuildConfig

HOUSE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><path d="M20 70V40L60 12L100 40V70Z" '
    'fill="peru"/><rect x="52" y="48" width="16" height="22" fill="navy"/></svg>'
)
BOAT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><path d="M10 52H110L92 70H28Z" '
    'fill="firebrick"/><path d="M58 48V8L96 44Z" fill="gold"/></svg>'
)


def build(folder: Path, *benchmarks: str) -> BuildResult:
    rows = [
        {"id": name, "domain": "svg", "language": "svg", "code": code}
        for name, code in (("house", HOUSE), ("boat", BOAT))
    ]
    config = BuildConfig(
        profile=None,
        source_configs=(write_corpus(folder, "own", rows),),
        shard_rows=1,
        workers=1,
        benchmarks=benchmarks,
    )
    return run_build(config, str(folder / "home"), DirectRunner(1), flow_run="")


def test_a_leak_is_rejected_with_benchmark_item_and_distance(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench/house.svg").write_text(HOUSE.replace("><", ">\n<"))
    result = build(tmp_path, f"unisvg={tmp_path / 'bench'}")
    with duckdb.connect(f"{result.release}/catalog.duckdb", read_only=True) as catalog:
        rejected = catalog.execute("SELECT source_id, stage, reason, detail FROM rejects").fetchall()
        released = catalog.execute("SELECT DISTINCT source_id FROM samples").fetchall()
        checked = catalog.execute("SELECT name, items, with_code FROM benchmarks WHERE checked").fetchall()
    detail = "unisvg: house: exact_code, 0 percent apart"
    assert rejected == [("house", "decontaminate", "decontaminate.benchmark", detail)]
    assert released == [("boat",)]
    assert checked == [("unisvg", 1, 1)]
    card = (Path(result.release) / "README.md").read_text("utf-8")
    assert "| unisvg | 1 | 1 | 0 |" in card
    assert "Not checked: chart2code, chartmimic, chartx, datikz, design2code" in card


def test_without_benchmarks_nothing_is_rejected_and_the_card_says_so(tmp_path: Path) -> None:
    result = build(tmp_path)
    card = (Path(result.release) / "README.md").read_text("utf-8")
    assert "No benchmark was at hand, so nothing was checked." in card
    funnel = {row.stage: row for row in result.funnel}
    assert (funnel["decontaminate"].rows_in, funnel["decontaminate"].rows_rejected) == (2, 0)


def test_a_benchmark_that_is_not_there_stops_the_build_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="nothing at"):
        build(tmp_path, f"unisvg={tmp_path / 'missing'}")
    assert not (tmp_path / "home").exists()
