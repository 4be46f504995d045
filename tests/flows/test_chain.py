"""From a build to a reinforced model and its scores without a hand in between: deployments, events, one
GPU pool."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from storage.home import Home
from storage.runs import RunRegistry
from tests.flows.conftest import Deployed
from tests.flows.server import ROOT, ask, prefect
from tests.train.shapes import write_shapes

_DEADLINE_SECONDS = 900  # where all cores are taken


def chain(environment: dict[str, str], *switch: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", "chain", *switch],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def test_a_build_starts_training_and_training_what_follows(deployed: Deployed, tmp_path: Path) -> None:
    environment, home = deployed.environment, deployed.home
    earlier = {run["id"] for run in ask(environment, "/flow_runs/filter", {})}
    assert chain(environment, "status") == "the chain is off\n"
    try:
        assert chain(environment, "on", "--evaluate").count("on: ") == 4
        recipe = tmp_path / "half.yaml"
        recipe.write_text(json.dumps({"name": "half", "validation_percent": 50}))
        parameters = {
            "profile": None,
            "source_configs": [str(write_shapes(tmp_path))],
            "recipe": str(recipe),
        }
        given = ["--params", json.dumps(parameters)]
        prefect(environment, "deployment", "run", "build-sft-data/default", *given)
        judged, reinforced, tuned = wait_for_the_end(deployed, earlier)
    finally:
        switched_off = chain(environment, "off")
    assert switched_off.count("removed: ") == 4
    assert (reinforced["kind"], tuned["kind"]) == ("grpo", "sft")
    assert reinforced["parent"] == tuned["checkpoint_id"]
    assert reinforced["release"].startswith("selection-")
    manifest = json.loads((home / f"releases/rl/{reinforced['release']}/manifest.json").read_text())
    assert (manifest["difficulty"], manifest["sft_release"]) == ("rewards", tuned["release"])
    shown = ask(environment, "/artifacts/latest/filter", {})
    assert isinstance(shown, list)
    (by_domain,) = [json.loads(found["data"]) for found in shown if found["key"] == "grpo-by-domain"]
    assert [(row["split"], row["domain"]) for row in by_domain] == [("train", "svg")]
    assert 0 <= by_domain[0]["reward"] <= 1
    assert judged["run_id"] in [found["description"] for found in shown if found["key"] == "evaluate-report"]
    rows = pq.read_table(home / f"runs/{judged['run_id']}/items.parquet").to_pylist()
    assert len(rows) == 2 and all(row["answer"] is not None for row in rows)
    assert all(row["execution_strict"] in (0.0, 1.0) for row in rows)
    assert {score["metric"] for score in RunRegistry(Home(home)).scores(judged["run_id"])} >= {
        "execution",
        "ssim",
    }


def wait_for_the_end(deployed: Deployed, earlier: set[str]) -> list[dict[str, Any]]:
    """Wait for the evaluation, and return it and both training runs; `earlier` are the flow runs that the
    chain did not start."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        runs = RunRegistry(Home(deployed.home)).runs() if deployed.home.exists() else []
        states = ask(deployed.environment, "/flow_runs/filter", {})
        states = [run for run in states if run["id"] not in earlier]
        failed = [run["name"] for run in states if run["state_type"] in ("FAILED", "CRASHED")]
        assert not failed, f"{failed}: {deployed.log()}"
        judged = [run for run in states if run["name"].startswith("evaluate")]
        if len(judged) == 1 and judged[0]["state_type"] == "COMPLETED":
            assert [run["kind"] for run in runs] == ["evaluate", "grpo", "sft"]
            assert all(run["status"] == "finished" for run in runs)
            return runs
        time.sleep(1)
    raise AssertionError(deployed.log())
