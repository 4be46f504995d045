"""Supervised training for real: ms-swift on the CPU, rows of a real release, killed and resumed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.imports import ROOT
from tests.train.conftest import command, last_json
from vincicoder.train.checkpoints import inspect_checkpoint


@pytest.fixture
def home(released_home: Path, tmp_path: Path) -> Path:
    target = tmp_path / "home"
    for name in ("releases", "models"):
        shutil.copytree(released_home / name, target / name, symlinks=True)
    return target


def recipe(folder: Path, **changes: Any) -> Path:
    fields = yaml.safe_load((ROOT / "recipes/sft/tiny-cpu.yaml").read_text())
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump({**fields, **changes}))
    return path


def train(path: Path, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    return command("train", "sft", "--recipe", str(path), "--home", str(home), "--json", check=check)


def runs(home: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(command("runs", "--home", str(home), "--json").stdout)
    return found


def test_a_run_is_killed_resumed_and_registered(home: Path, tmp_path: Path) -> None:
    path = recipe(tmp_path, max_steps=8)
    flow = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "train", "sft", "--recipe", str(path), "--home", str(home)],
        cwd=ROOT, stderr=subprocess.DEVNULL, env={**os.environ},
    )  # fmt: skip
    output = wait_for_checkpoint(home)
    flow.send_signal(signal.SIGKILL)
    flow.wait()
    reached = max(step_of(folder) for folder in output.glob("checkpoint-*"))
    assert reached < 8, "the run was over before it could be killed"
    wait_until_free(output.parent / "run.lock")
    assert [run["status"] for run in runs(home)] == ["running"]  # nothing else could be noted
    # A checkpoint that the kill cut off must not be resumed from.
    broken = output / "checkpoint-7"
    shutil.copytree(output / f"checkpoint-{reached}", broken)
    (broken / "model.safetensors").write_bytes((broken / "model.safetensors").read_bytes()[:-100])

    result = last_json(train(path, home))
    assert (result["status"], result["steps"]) == ("finished", 8)
    assert not broken.exists()
    log = (output.parent / "trainer.log").read_text()
    assert f"--resume_from_checkpoint {output}/checkpoint-{reached}" in log
    found = runs(home)[0]
    assert (found["status"], found["attempts"], found["step"]) == ("finished", 2, 8)
    checkpoint = inspect_checkpoint(Path(result["checkpoint"]))
    assert checkpoint.architecture.startswith("Qwen3VLForConditionalGeneration")
    assert (output.parent / "curves.png").read_bytes().startswith(b"\x89PNG")
    with duckdb.connect(str(home / "runs/registry.duckdb"), read_only=True) as database:
        curve = database.execute(
            "SELECT step, value FROM metrics WHERE name = 'loss' ORDER BY step"
        ).fetchall()
        lineage = database.execute("SELECT run_id, release, digest FROM checkpoints").fetchall()
    assert [step for step, _ in curve] == list(range(1, 9))
    assert all(0 < value < 20 for _, value in curve)
    assert lineage == [(result["run_id"], result["release"], checkpoint.digest)]

    again = last_json(train(path, home))
    assert (again["checkpoint"], again["seconds"]) == (result["checkpoint"], 0.0)
    assert runs(home)[0]["attempts"] == 2


def wait_for_checkpoint(home: Path) -> Path:
    for _ in range(1200):
        found = [path for path in home.glob("runs/*/output/checkpoint-*/trainer_state.json")]
        if found:
            return found[0].parents[1]
        time.sleep(0.1)
    raise AssertionError("no checkpoint was written")


def step_of(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def wait_until_free(lock: Path) -> None:
    done = subprocess.run(["flock", "--timeout", "90", str(lock), "true"], check=False)
    assert done.returncode == 0, "the trainer outlived its flow"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"environment": {"gpus": 2}, "batch": 4}, "gpus: the recipe asks for 2 GPUs a node"),
        (
            {"environment": {"gpus": 0, "python": "/nowhere/python"}},
            "environment.python is '/nowhere/python'",
        ),
        (
            {"environment": {"gpus": 0, "python": "/usr/bin/python3"}},
            "has no ms-swift; install vincicoder[sft]",
        ),
        ({"release": "packages-0"}, "received release 'packages-0'; the sft releases in"),
        ({"model": "./no/such/model"}, "there is no such folder"),
        ({"model": "run:latest-sft"}, "no checkpoint is registered for it"),
        ({"model_type": "qwen2_5_vl"}, "holds a qwen3_vl; the recipe says model_type: qwen2_5_vl"),
        ({"max_length": 64}, "rows exceed max_length=64"),
        ({"rows": {"max_characters": 1}}, "has no rows that the recipe's `rows` takes"),
    ],
)
def test_what_cannot_work_is_said_before_it_starts(
    home: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    done = train(recipe(tmp_path, **changes), home, check=False)
    assert done.returncode == 1
    assert message in done.stderr
    assert runs(home) == []


def test_a_release_that_was_changed_is_not_trained_on(home: Path, tmp_path: Path) -> None:
    data = next(home.glob("releases/sft/*/data/train-*.parquet"))
    data.write_bytes(data.read_bytes()[:-1])
    done = train(recipe(tmp_path), home, check=False)
    assert done.returncode == 1
    assert "is not what was published" in done.stderr
    assert runs(home) == []


def test_what_the_trainer_refuses_is_a_failed_run_with_advice(home: Path, tmp_path: Path) -> None:
    done = train(recipe(tmp_path, extra={"nonsense": 1}), home, check=False)
    assert done.returncode == 1
    assert "failed (configuration)" in done.stderr
    assert "mend the recipe" in done.stderr
    found = runs(home)[0]
    assert (found["status"], found["reason"], found["checkpoint"]) == ("failed", "configuration", None)
