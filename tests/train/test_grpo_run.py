"""Reinforcement learning as far as a CPU goes: ms-swift's GRPO with the real reward, and verl's own parts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from storage.home import Home
from tasks.training.rollouts import rollout_files, write_answer_sheets
from tests.imports import ROOT
from tests.train.conftest import command, last_json
from vincicoder.train.launch import startup_folder
from vincicoder.train.rollouts import RolloutCurves

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
    whole = {"rows": {}, "validate_steps": 1}  # with the release's validation rows
    path.write_text(yaml.safe_dump({**fields, **small, **whole}))
    result = last_json(command("train", "grpo", "--recipe", str(path), "--home", str(home), "--json"))
    assert (result["status"], result["steps"]) == ("finished", 1)
    assert 0 <= result["metrics"]["reward"] <= 1
    shown = json.loads(command("runs", "show", result["run_id"], "--home", str(home), "--json").stdout)
    names = {metric["name"] for metric in shown["metrics"]}
    assert {"rewards/VinciCoderReward/mean", "train/score/svg", "train/rendered/svg"} <= names
    assert {"validation/score", "validation/score/svg", "validation/rendered/svg"} <= names
    folder = Path(shown["folder"])
    kept = list(rollout_files(Home(home), result["release"], folder).read())
    assert [(answer.split, answer.step) for answer in kept] == [
        *[("validation", 0)] * 2,  # before training
        *[("train", 1)] * 2,
        *[("validation", 1)] * 2,
    ]
    assert result["metrics"]["train/score"] == pytest.approx(result["metrics"]["reward"], abs=1e-6)
    sheets = sorted(path.name for path in (folder / "sheets").iterdir())
    assert sheets == ["validation-000000.png", "validation-000001.png"]
    assert (shown["kind"], shown["status"], len(shown["checkpoints"])) == ("grpo", "finished", 1)


def in_verl(*arguments: str) -> Any:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(startup_folder()), str(ROOT)])}
    program = str(Path(__file__).with_name("verl_program.py"))
    done = subprocess.run(
        [sys.executable, program, *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def verl(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """What verl makes of an RL and an SFT release, and the folder with its dumps."""
    dumps = tmp_path_factory.mktemp("verl")
    given = [home / "models/tiny-random", ADAPTERS / "verl.py", ADAPTERS / "verl_dataset.py", dumps]
    return dumps, in_verl(*map(str, given), *(f"{kind}={data_of(home, kind)}" for kind in ("rl", "sft")))


def data_of(home: Path, kind: str) -> Path:
    return next(home.glob(f"releases/{kind}/*/data/train-*.parquet"))


@pytest.mark.parametrize("kind", ["rl", "sft"])
def test_verl_reads_the_rows_calls_the_reward_and_weighs_the_answers(
    home: Path, verl: tuple[Path, Any], kind: str
) -> None:
    """A release's rows through verl's dataset, reward loop and GRPO advantage, each verl's own."""
    found = verl[1][kind]
    assert found["rows"] == pq.read_metadata(data_of(home, kind)).num_rows
    assert {"raw_prompt", "reward_model", "extra_info", "data_source"} <= set(found["keys"])
    right, broken, other, silent = found["scores"]
    assert right > 0.9
    assert other > 0.9
    assert broken < 0.2
    assert silent == 0
    assert len(found["breakdowns"]) == 1, "every sample must have the same keys"
    assert [advantage > 0 for advantage in found["advantages"]] == [True, False, True, False]


def test_what_verl_keeps_of_its_answers_becomes_curves_and_a_sheet(
    home: Path, verl: tuple[Path, Any]
) -> None:
    run, scores = verl[0] / "rl", verl[1]["rl"]["scores"]
    version = (home / "releases/rl/current").resolve().name
    files = rollout_files(Home(home), version, run)
    means = {metric.name: metric.value for metric in RolloutCurves(files).read_new()}
    mean = sum(scores) / len(scores)
    assert means["train/score"] == means["train/score/svg"] == pytest.approx(mean)
    assert means["validation/score/svg"] == pytest.approx(mean)
    assert means["validation/rendered/svg"] == means["validation/rendered"] == 0.5
    assert "train/rendered" not in means  # verl leaves the breakdown out of what it keeps of training
    (sheet,) = write_answer_sheets(Home(home), version, run)
    assert sheet.name == "validation-000003.png"
    with Image.open(sheet) as shown:
        pixels = np.asarray(shown.convert("RGB")).astype(int)
    # Two rows, each beside its first answer, which is right: the pictures agree but for their labels.
    width = pixels.shape[1] // 4
    for pair in (0, 2):
        target, answer = (pixels[12:210, n * width + 12 : (n + 1) * width - 12] for n in (pair, pair + 1))
        assert target.std() > 10
        assert np.abs(target - answer).mean() < 8


def test_the_published_run_composes_and_verl_validates_it(home: Path) -> None:
    recipe = str(ROOT / "recipes/grpo/qwen3-vl-8b-published.yaml")
    done = command("train", "grpo", "--recipe", recipe, "--dry-run", "--home", str(home))
    composed = yaml.safe_load(done.stdout)
    actor, rollout = composed["actor_rollout_ref"]["actor"], composed["actor_rollout_ref"]["rollout"]
    assert (actor["clip_ratio_low"], actor["clip_ratio_high"], actor["use_kl_loss"]) == (0.2, 0.3, False)
    assert (rollout["n"], rollout["temperature"], rollout["tensor_model_parallel_size"]) == (8, 1.0, 4)
    assert composed["data"]["train_batch_size"] == 256
    reward = composed["reward"]["custom_reward_function"]
    assert reward["path"] == str(ADAPTERS / "verl.py")
    assert reward["reward_kwargs"]["service"] == "http://reward.internal:8901"


def test_what_verl_refuses_is_said_in_its_words(tmp_path: Path, home: Path) -> None:
    fields = yaml.safe_load((ROOT / "recipes/grpo/qwen3-vl-8b.yaml").read_text())
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump({**fields, "extra": {"trainer.nonsense": 1}}))
    done = command("train", "grpo", "--recipe", str(path), "--dry-run", "--home", str(home), check=False)
    assert done.returncode == 1
    assert "verl refuses the configuration" in done.stderr
    assert "nonsense" in done.stderr


def test_answers_of_a_checkpoint_are_sampled_kept_and_scored(home: Path) -> None:
    """In an environment that is named, by transformers."""
    limits = {"min_pixels": 4096, "max_pixels": 50_176, "prompt_tokens": 1024, "answers": 2, "tokens": 4}
    chosen = {"rows": 8, "domains": {"svg": 1.0}, "min_mean": 0, "min_spread": 0, "sampling": limits}
    recipe = home.parent / "sampled.yaml"
    recipe.write_text(yaml.safe_dump(chosen))
    sampled = ("--checkpoint", "tiny-random", "--environment", sys.executable, "--limit", "2", "--accept")
    asked = ("--recipe", str(recipe), "--home", str(home), "--json")
    result = last_json(command("build", "rl", *sampled, *asked))
    (answers,) = home.glob("answers/*/answers.jsonl")
    lines = [json.loads(line) for line in answers.read_text("utf-8").splitlines()]
    assert [len(line["answers"]) for line in lines] == [2] * 4  # a pool of twice the rows
    manifest = json.loads(Path(result["release"], "manifest.json").read_text())
    assert (manifest["difficulty"], manifest["rows"]) == ("rewards", {"train": 2})
