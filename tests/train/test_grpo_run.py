"""Reinforcement learning as far as a CPU goes: ms-swift's GRPO with the real reward, and verl's own parts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from tests.imports import ROOT
from tests.train.conftest import command, last_json
from vincicoder.train.launch import startup_folder

ADAPTERS = ROOT / "vincicoder/train/adapters"


@pytest.fixture(scope="module")
def home(released_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("grpo") / "home"
    for name in ("releases", "models"):
        shutil.copytree(released_home / name, target / name, symlinks=True)
    recipe = target.parent / "shapes.yaml"
    recipe.write_text(yaml.safe_dump({"rows": 8, "domains": {"svg": 1.0}, "validation": 0.2}))
    result = last_json(command("build", "rl", "--recipe", str(recipe), "--home", str(target), "--json"))
    assert (result["rows"], result["domains"]) == (8, {"svg": 8})
    return target


def test_building_again_finds_the_release(home: Path) -> None:
    recipe = home.parent / "shapes.yaml"
    before = (home / "releases/rl/current/manifest.json").stat().st_mtime_ns
    result = last_json(command("build", "rl", "--recipe", str(recipe), "--home", str(home), "--json"))
    assert (home / f"releases/rl/{result['version']}/manifest.json").stat().st_mtime_ns == before


def test_a_domain_that_falls_short_is_an_error_when_strict(home: Path) -> None:
    done = command("build", "rl", "--recipe", "default", "--strict", "--home", str(home), check=False)
    assert done.returncode == 1
    assert "chart 0 of 160" in done.stderr


def test_swift_trains_with_our_reward(home: Path, tmp_path: Path) -> None:
    fields = yaml.safe_load((ROOT / "recipes/grpo/tiny-cpu.yaml").read_text())
    path = tmp_path / "tiny.yaml"
    small = {"max_steps": 1, "answers": 2, "batch_per_device": 2, "response_tokens": 8}
    path.write_text(yaml.safe_dump({**fields, **small}))
    result = last_json(command("train", "grpo", "--recipe", str(path), "--home", str(home), "--json"))
    assert (result["status"], result["steps"]) == ("finished", 1)
    assert 0 <= result["metrics"]["reward"] <= 1
    shown = json.loads(command("runs", "show", result["run_id"], "--home", str(home), "--json").stdout)
    names = {metric["name"] for metric in shown["metrics"]}
    assert "rewards/VinciCoderReward/mean" in names
    assert (shown["kind"], shown["status"], len(shown["checkpoints"])) == ("grpo", "finished", 1)


def in_verl(*arguments: str) -> Any:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(startup_folder()), str(ROOT)])}
    program = str(Path(__file__).with_name("verl_program.py"))
    done = subprocess.run(
        [sys.executable, program, *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize(("kind", "dataset"), [("rl", []), ("sft", [str(ADAPTERS / "verl_dataset.py")])])
def test_verl_reads_the_rows_calls_the_reward_and_weighs_the_answers(
    home: Path, kind: str, dataset: list[str]
) -> None:
    """A release's rows through verl's dataset, reward loop and GRPO advantage, each verl's own."""
    data = next(home.glob(f"releases/{kind}/*/data/train-*.parquet"))
    found = in_verl(str(data), str(home / "models/tiny-random"), str(ADAPTERS / "verl.py"), *dataset)
    assert found["rows"] == pq.read_metadata(data).num_rows
    assert {"raw_prompt", "reward_model", "extra_info", "data_source"} <= set(found["keys"])
    right, broken, other, silent = found["scores"]
    assert right > 0.9
    assert other > 0.9
    assert broken < 0.2
    assert silent == 0
    assert len(found["breakdowns"]) == 1, "every sample must have the same keys"
    assert [advantage > 0 for advantage in found["advantages"]] == [True, False, True, False]


def test_the_published_run_composes_and_verl_validates_it(home: Path) -> None:
    recipe = str(ROOT / "recipes/grpo/qwen3-vl-8b.yaml")
    done = command("train", "grpo", "--recipe", recipe, "--dry-run", "--home", str(home))
    composed = yaml.safe_load(done.stdout)
    actor, rollout = composed["actor_rollout_ref"]["actor"], composed["actor_rollout_ref"]["rollout"]
    assert (actor["clip_ratio_low"], actor["clip_ratio_high"], actor["use_kl_loss"]) == (0.2, 0.3, False)
    assert (rollout["n"], rollout["temperature"], rollout["tensor_model_parallel_size"]) == (8, 1.0, 4)
    assert composed["data"]["train_batch_size"] == 256
    reward = composed["reward"]["custom_reward_function"]
    assert reward["path"] == str(ADAPTERS / "verl.py")
    assert reward["reward_kwargs"]["service"] == "http://reward.internal:8400"


def test_what_verl_refuses_is_said_in_its_words(tmp_path: Path, home: Path) -> None:
    fields = yaml.safe_load((ROOT / "recipes/grpo/qwen3-vl-8b.yaml").read_text())
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump({**fields, "extra": {"trainer.nonsense": 1}}))
    done = command("train", "grpo", "--recipe", str(path), "--dry-run", "--home", str(home), check=False)
    assert done.returncode == 1
    assert "verl refuses the configuration" in done.stderr
    assert "nonsense" in done.stderr
