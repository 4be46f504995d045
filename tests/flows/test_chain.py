"""From a build to a reinforced model without a hand in between: deployments, events, one GPU pool."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from storage.home import Home
from storage.runs import RunRegistry
from tests.flows.server import ROOT, ask, prefect, running_server, running_worker
from tests.train.shapes import write_shapes

_DEADLINE_SECONDS = 420


def chain(environment: dict[str, str], switch: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli", "chain", switch],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def write_recipes(folder: Path) -> dict[str, str]:
    """Small versions of the project's recipes. What no answer solves is kept: this model knows nothing."""
    recipes = {}
    for kind, changes in {
        "sft": {"max_steps": 2},
        "grpo": {"model": "run:latest-sft", "max_steps": 1},
    }.items():
        fields = yaml.safe_load((ROOT / f"recipes/{kind}/tiny-cpu.yaml").read_text())
        path = folder / f"{kind}-tiny.yaml"
        path.write_text(yaml.safe_dump({**fields, **changes}))
        recipes[kind] = str(path)
    path = folder / "selection.yaml"
    path.write_text(yaml.safe_dump({"rows": 4, "domains": {"svg": 1.0}, "min_mean": 0, "min_spread": 0}))
    return {**recipes, "rl": str(path)}


def deployments(folder: Path, recipes: dict[str, str]) -> Path:
    """The project's own prefect.yaml with small recipes."""
    fields: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    for deployment in fields["deployments"]:
        name = deployment["entrypoint"].rpartition(":")[2]
        if name == "build_rl_data":
            deployment["parameters"] |= {"recipe": recipes["rl"], "answers": 2, "tokens": 8}
        elif name.startswith("train_"):
            deployment["parameters"]["recipe"] = recipes[name.removeprefix("train_")]
    path = folder / "prefect.yaml"
    path.write_text(yaml.safe_dump(fields))
    return path


def test_a_build_starts_training_and_training_what_follows(tmp_path: Path) -> None:
    home = tmp_path / "home"
    os.environ.pop("VINCICODER_HOME", None)
    file = deployments(tmp_path, write_recipes(tmp_path))
    with running_server(tmp_path) as server:
        environment = {**server, "VINCICODER_HOME": str(home)}
        prefect(environment, "work-pool", "create", "--type", "process", "gpu")
        prefect(environment, "work-pool", "set-concurrency-limit", "gpu", "1")
        with (
            running_worker(environment, "local", tmp_path / "local.log"),
            running_worker(environment, "gpu", tmp_path / "gpu.log", create=False),
        ):
            prefect(environment, "--no-prompt", "deploy", "--all", "--prefect-file", str(file))
            assert chain(environment, "status") == "the chain is off\n"
            assert chain(environment, "on").count("on: ") == 3
            parameters = {"profile": None, "source_configs": [str(write_shapes(tmp_path))]}
            given = ["--params", json.dumps(parameters)]
            prefect(environment, "deployment", "run", "build-sft-data/default", *given)
            runs = wait_for_grpo(environment, home, tmp_path)
            assert chain(environment, "off").count("removed: ") == 3
    reinforced, tuned = runs
    assert (reinforced["kind"], tuned["kind"]) == ("grpo", "sft")
    assert reinforced["parent"] == tuned["checkpoint_id"]
    assert reinforced["release"].startswith("selection-")
    manifest = json.loads((home / f"releases/rl/{reinforced['release']}/manifest.json").read_text())
    assert (manifest["difficulty"], manifest["sft_release"]) == ("rewards", tuned["release"])


def wait_for_grpo(environment: dict[str, str], home: Path, folder: Path) -> list[dict[str, Any]]:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        runs = RunRegistry(Home(home)).runs() if home.exists() else []
        if len(runs) == 2 and all(run["status"] == "finished" for run in runs):
            return runs
        states = ask(environment, "/flow_runs/filter", {})
        assert isinstance(states, list)
        failed = [run["name"] for run in states if run["state_type"] in ("FAILED", "CRASHED")]
        assert not failed, f"{failed}: {(folder / 'gpu.log').read_text()}"
        time.sleep(1)
    raise AssertionError((folder / "gpu.log").read_text())
