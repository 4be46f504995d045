"""Answers judged by the validation split of a real release: scored, kept, killed, resumed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.evaluation import EvaluationConfig, run_evaluation
from flows.runners import DirectRunner
from storage.home import Home
from storage.runs import RunRegistry
from tasks.evaluation.compare import NotComparableError, compare_runs
from tests.evaluate.rows import CHART, DRAWINGS, fenced, rows_of, write_answers
from tests.imports import ROOT
from vincicoder.render import RenderLimits
from vincicoder.render.registry import why_unsupported

pytestmark = pytest.mark.slow

_MISSING = why_unsupported("python-2024")
HANG = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nwhile True: pass"
CRASH = "import os\nos._exit(3)"


@pytest.fixture(scope="module")
def copies(home: Path) -> tuple[Path, dict[str, Any]]:
    """The answers that are the references, and what they are judged as."""
    path = write_answers(
        home.parent / "copies.jsonl", {row["sample_id"]: fenced(row) for row in rows_of(home)}
    )
    config = EvaluationConfig(path, workers=1, shard_rows=3)
    return path, run_evaluation(config, Home(home), DirectRunner(2), "")


def test_the_references_themselves_earn_the_best(home: Path, copies: tuple[Path, dict[str, Any]]) -> None:
    _, result = copies
    worst_is_best = {"mse": 0.0, "psnr": 100.0}
    rows = rows_of(home)
    assert {row["language"] for row in rows} == {"python", "svg"} and result["items"] == len(rows)
    for name, found in result["metrics"].items():
        best = worst_is_best.get(name, 1.0)
        assert found["strict"] == found["low"] == found["high"] == pytest.approx(best, abs=1e-9), name
    assert set(result["fingerprints"]) == {"python", "svg"}
    assert result["report"] == f"{result['folder']}/report.html"
    assert result["run_id"] in Path(result["report"]).read_text()


def test_bad_answers_are_scored_kept_and_compared(
    home: Path, copies: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    rows = rows_of(home)
    charts = [row for row in rows if row["language"] == "python"]
    circles = [row for row in rows if row["language"] == "svg"]
    assert len(charts) >= 3 and len(circles) >= 2
    answers = {
        charts[0]["sample_id"]: fenced(charts[0], HANG),
        charts[1]["sample_id"]: fenced(charts[1], CRASH),
        charts[2]["sample_id"]: "",
        circles[0]["sample_id"]: fenced(circles[0]),
    }
    config = EvaluationConfig(
        write_answers(tmp_path / "bad.jsonl", answers),
        workers=1,
        limits=replace(RenderLimits(), cpu_seconds=1),
    )
    result = run_evaluation(config, Home(home), DirectRunner(2), "")
    assert result["items"] == len(rows)
    assert result["metrics"]["execution"]["strict"] == pytest.approx(1 / len(rows))
    assert result["metrics"]["ssim"]["strict"] == pytest.approx(1 / len(rows))
    assert result["answers"]["missing"] == len(rows) - 4
    folder = Path(result["folder"])
    kept = {row["item_id"]: row for row in pq.read_table(folder / "items.parquet").to_pylist()}
    reasons = [kept[row["sample_id"]]["reason"] for row in (*charts[:3], circles[0], circles[1])]
    assert reasons == ["render.timeout", "render.crashed", "answer.empty", "", "answer.missing"]
    assert all(row["reference_image"] for row in kept.values())
    drawn = kept[circles[0]["sample_id"]]
    assert (drawn["image"], drawn["ssim_strict"]) == (drawn["reference_image"], 1.0)
    assert (folder / "sheet.png").stat().st_size > 1_000
    assert "| execution |" in (folder / "report.md").read_text()
    registry = RunRegistry(Home(home))
    run = registry.run(result["run_id"])
    assert (run["kind"], run["status"], run["recipe_name"]) == ("evaluate", "finished", "validation")
    scores = {(score["part"], score["metric"]): score for score in registry.scores(result["run_id"])}
    assert scores["all", "ssim"]["strict"] == result["metrics"]["ssim"]["strict"]
    assert scores["domain=svg", "execution"]["items"] == len(circles)
    runs = [result["run_id"], copies[1]["run_id"]]
    done = CliRunner().invoke(app, ["evaluate", "compare", *runs, "--home", str(home), "--json"])
    assert done.exit_code == 0, done.output
    compared = json.loads(done.output.strip().splitlines()[-1])
    assert (compared["items"], compared["only_a"], compared["only_b"]) == (len(rows), 0, 0)
    assert compared["fingerprints_differ"] == [] and set(compared["domains"]) == {"chart", "svg"}
    execution = compared["metrics"]["execution"]
    assert (execution["a"], execution["b"]) == (pytest.approx(1 / len(rows)), 1.0)
    assert execution["p"] == pytest.approx(2 / 2 ** (len(rows) - 1))
    assert compared["domains"]["chart"]["chartmimic_low"]["difference"] == pytest.approx(1.0)
    assert compared["parts"]["group=direct"]["execution"] == execution
    assert {part.partition("=")[0] for part in compared["parts"]} == {"language", "group", "chart_type"}
    unknown = CliRunner().invoke(app, ["evaluate", "compare", runs[0], "none", "--home", str(home)])
    assert unknown.exit_code == 1 and "received run 'none'; known are:" in unknown.output


def test_published_benchmarks_are_judged_from_their_folders(
    home: Path, copies: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    charts = {f"bar_{n}": CHART.format(draw=draw, title="Rain") for n, draw in enumerate(DRAWINGS[1:3])}
    folder = tmp_path / "mimic"
    (folder / "direct_600").mkdir(parents=True)
    own = rows_of(home)[0]["image"]["bytes"]
    for name, code in {**charts, "pie_1": "raise SystemExit('needs what is not here')"}.items():
        (folder / f"direct_600/{name}.py").write_text(code)
        (folder / f"direct_600/{name}.png").write_bytes(own)
    answers = {f"direct_600/{name}": f"```python\n{code}\n```" for name, code in charts.items()}
    path = write_answers(tmp_path / "answers.jsonl", answers)
    command = [
        "evaluate",
        "--answers",
        str(path),
        "--home",
        str(home),
        "--workers",
        "1",
        "--json",
        "--benchmark",
    ]
    done = CliRunner().invoke(app, [*command, f"chartmimic/direct_600={folder}"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.output.strip().splitlines()[-1])
    assert result["run_id"].startswith("evaluate-chartmimic-direct_600-") and result["items"] == 3
    assert result["answers"]["missing"] == 1
    # Where the code draws here, that is what an answer is compared with: equal code has the best.
    assert result["parts"]["chart_type=bar"]["ssim"]["strict"] == 1.0
    assert result["parts"]["group=direct_600"]["execution"]["strict"] == pytest.approx(2 / 3)
    report = (Path(result["folder"]) / "report.md").read_text()
    assert " chart_type=pie |" in report and " group=direct_600 |" in report
    kept = {row["item_id"]: row for row in pq.read_table(Path(result["folder"], "items.parquet")).to_pylist()}
    pie = kept["direct_600/pie_1"]
    assert (pie["reference_image"], pie["reference_reason"]) == (own, "")
    with pytest.raises(NotComparableError, match="is of benchmark validation"):
        compare_runs(Home(home), copies[1]["run_id"], result["run_id"])
    for wrong, said in (("chartmimic", "NAME=FOLDER"), (f"sarena={folder}", "no item in")):
        refused = CliRunner().invoke(app, [*command, wrong])
        assert refused.exit_code == 1 and said in refused.output


@pytest.mark.skipif(bool(_MISSING), reason=_MISSING)
def test_other_libraries_may_draw_first(home: Path, copies: tuple[Path, dict[str, Any]]) -> None:
    path, of_todays = copies
    command = ["evaluate", "--answers", str(path), "--home", str(home), "--stack", "2024", "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    result = json.loads(done.output.strip().splitlines()[-1])
    assert set(result["fingerprints"]) == {"python-2024", "svg"}
    assert result["metrics"]["execution"]["strict"] == 1.0
    assert 0.5 < result["metrics"]["ssim"]["strict"] < 1.0  # the same charts, other lettering
    kept = pq.read_table(Path(result["folder"]) / "items.parquet", columns=["stack", "reference_stack"])
    assert set(kept["stack"].to_pylist()) == {"2024", ""}
    assert set(kept["reference_stack"].to_pylist()) == {"2026", ""}
    runs = [result["run_id"], of_todays["run_id"]]
    compared = CliRunner().invoke(app, ["evaluate", "compare", *runs, "--home", str(home), "--json"])
    assert json.loads(compared.output.strip().splitlines()[-1])["fingerprints_differ"] == ["python"]
    refused = CliRunner().invoke(app, [*command[:-3], "--stack", "2019"])
    assert refused.exit_code == 2 and "2024, 2026" in refused.output


def test_a_killed_run_goes_on(home: Path, copies: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    path, whole = copies
    other = tmp_path / "home"
    shutil.copytree(home / "releases", other / "releases", symlinks=True)
    command = [sys.executable, "-m", "flows.cli", "evaluate", "--answers", str(path), "--shard-rows", "3"]
    command += ["--benchmark", "validation", "--home", str(other), "--workers", "1", "--json"]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not (done := sorted(other.glob("stages/draw_answers/*/done.json"))):
            assert started.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    before = [marker.stat().st_mtime_ns for marker in done]
    assert not list(other.glob("runs/*/items.parquet"))
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result = json.loads(again.stdout.strip().splitlines()[-1])
    assert [marker.stat().st_mtime_ns for marker in done] == before
    assert (result["run_id"], result["metrics"]) == (whole["run_id"], whole["metrics"])
    files = [Path(run["folder"], "items.parquet").read_bytes() for run in (whole, result)]
    assert files[0] == files[1]
