"""From a build to a reinforced model without a hand in between: deployments, events, one GPU pool."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from storage.home import Home
from storage.runs import RunRegistry
from tests.flows.conftest import Deployed
from tests.flows.server import ROOT, ask, prefect
from tests.train.shapes import write_shapes

_DEADLINE_SECONDS = 900  # where all cores are taken


def chain(environment: dict[str, str], switch: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", "chain", switch],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def test_a_build_starts_training_and_training_what_follows(deployed: Deployed, tmp_path: Path) -> None:
    environment, home = deployed.environment, deployed.home
    earlier = {run["id"] for run in ask(environment, "/flow_runs/filter", {})}
    assert chain(environment, "status") == "the chain is off\n"
    try:
        assert chain(environment, "on").count("on: ") == 3
        parameters = {"profile": None, "source_configs": [str(write_shapes(tmp_path))]}
        given = ["--params", json.dumps(parameters)]
        prefect(environment, "deployment", "run", "build-sft-data/default", *given)
        reinforced, tuned = wait_for_grpo(deployed, earlier)
    finally:
        switched_off = chain(environment, "off")
    assert switched_off.count("removed: ") == 3
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


def wait_for_grpo(deployed: Deployed, earlier: set[str]) -> list[dict[str, Any]]:
    """Wait for both training runs; `earlier` are the flow runs that the chain did not start."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        runs = RunRegistry(Home(deployed.home)).runs() if deployed.home.exists() else []
        states = ask(deployed.environment, "/flow_runs/filter", {})
        states = [run for run in states if run["id"] not in earlier]
        failed = [run["name"] for run in states if run["state_type"] in ("FAILED", "CRASHED")]
        assert not failed, f"{failed}: {deployed.log()}"
        going = [run for run in states if run["state_type"] in ("PENDING", "RUNNING")]
        if len(runs) == 2 and all(run["status"] == "finished" for run in runs) and not going:
            return runs
        time.sleep(1)
    raise AssertionError(deployed.log())
