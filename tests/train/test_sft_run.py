"""Supervised training for real: ms-swift on the CPU, rows of a real release, killed, starved and resumed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml
from safetensors.numpy import load_file, save_file

import tasks.training.execute
import tasks.training.prepare
from storage.home import Home
from storage.release_facts import ReleaseNotFoundError
from storage.runs import RunRegistry
from tests.imports import ROOT
from tests.train.conftest import command, last_json
from vincicoder.train.checkpoints import CheckpointError, inspect_checkpoint
from vincicoder.train.environment import TrainerEnvironmentError
from vincicoder.train.preflight import PreflightError
from vincicoder.train.recipes import load_recipe_file

_REFUSALS = (PreflightError, ReleaseNotFoundError, TrainerEnvironmentError, FileNotFoundError)
# Covers the first argument with a disk of the size of the second, in a mount namespace, and runs the rest.
_ON_A_SMALL_DISK = (
    'mkdir "$1.small" && mount -t tmpfs -o size="$2" none "$1.small" && cp -a "$1/." "$1.small" && '
    'mount --bind "$1.small" "$1" && shift 2 && exec "$@"'
)


def copied(released_home: Path, folder: Path) -> Path:
    for name in ("releases", "models"):
        shutil.copytree(released_home / name, folder / "home" / name, symlinks=True)
    return folder / "home"


@pytest.fixture
def home(released_home: Path, tmp_path: Path) -> Path:
    return copied(released_home, tmp_path)


@pytest.fixture(scope="module")
def quiet_home(released_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nothing is ever run in."""
    return copied(released_home, tmp_path_factory.mktemp("quiet"))


@pytest.fixture(scope="module", autouse=True)
def environments_asked_once() -> Iterator[None]:
    """Each environment is asked for real what it holds, but only once: the answer takes seconds."""
    ask: Callable[..., Any] = tasks.training.prepare.probe_environment
    answers: dict[str, Any] = {}

    def remember(environment: Any) -> Any:
        key = environment.model_dump_json()
        if key not in answers:
            answers[key] = ask(environment)
        return answers[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks.training.prepare, "probe_environment", remember)
        yield


def recipe(folder: Path, **changes: Any) -> Path:
    fields = yaml.safe_load((ROOT / "recipes/sft/tiny-cpu.yaml").read_text())
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump({**fields, **changes}))
    return path


def prepare(path: Path, home: Path) -> Any:
    return tasks.training.prepare.prepare_run.fn(Home(home), load_recipe_file(path), path.stem)


def arguments(path: Path, home: Path) -> list[str]:
    return ["train", "sft", "--recipe", str(path), "--home", str(home), "--json"]


def train(path: Path, home: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    return command(*arguments(path, home), check=check)


def start(path: Path, home: Path) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "flows.cli", *arguments(path, home)]
    return subprocess.Popen(program, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def runs(home: Path) -> list[dict[str, Any]]:
    return RunRegistry(Home(home)).runs()


def states(home: Path) -> list[tuple[str, str | None, str | None]]:
    """Status, reason and checkpoint of each run: what is registered must exist."""
    return [(run["status"], run["reason"], run["checkpoint"]) for run in runs(home)]


def test_a_run_is_killed_starved_resumed_and_registered(home: Path, tmp_path: Path) -> None:
    path = recipe(tmp_path, max_steps=8, keep_checkpoints=1, cached=True)

    # Its trainer is killed in the middle.
    flow = start(path, home)
    output = wait_for_checkpoint(home)
    folder = output.parent
    os.kill(trainer_of(output), signal.SIGKILL)
    _, told = flow.communicate(timeout=1200)
    assert flow.returncode == 1
    assert "failed (killed)" in told and "it goes on from the last checkpoint" in told
    assert states(home) == [("failed", "killed", None)]

    # The flow itself is killed as soon as the trainer is up again.
    written = (folder / "trainer.log").stat().st_size
    flow = start(path, home)
    wait_until(lambda: (folder / "trainer.log").stat().st_size > written)
    flow.kill()
    flow.communicate()
    wait_until_free(folder / "run.lock")
    assert states(home) == [("running", None, None)]  # nothing else could be noted

    # The disk is full when the next checkpoint is to be written.
    reached = max(step_of(found) for found in output.glob("checkpoint-*"))
    assert reached < 8, "the run was over before it could be killed"
    starved = train_on_a_small_disk(path, home, output)
    if starved is not None:
        assert starved.returncode == 1
        assert "failed (disk_full)" in starved.stderr and "free disk space" in starved.stderr
        assert states(home) == [("failed", "disk_full", None)]

    # A checkpoint of another architecture, and one that was cut off, are not gone on from.
    part = folder / "data/train.parquet"
    rows = part.read_bytes()
    part.write_bytes(rows[:-9])
    other, prepared = output / "checkpoint-7", prepare(path, home)
    assert part.read_bytes() == rows, "a damaged copy of the rows is made again"
    shutil.copytree(output / f"checkpoint-{reached}", other)
    make_another_architecture(other)
    before = runs(home)
    with pytest.raises(CheckpointError, match=r"checkpoint-7 is .*vocab_size=151000.* of another run"):
        tasks.training.execute.execute_run.fn(Home(home), prepared, "")
    assert runs(home) == before
    weights = other / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    weights_left = weights.stat().st_size

    # Somebody reads the registry all the time that the trainer runs: the numbers are written afterwards.
    flow = start(path, home)
    wait_until((output / "broken").exists)
    wait_until(lambda: runs(home)[0]["status"] == "running")
    with duckdb.connect(str(home / "runs/registry.duckdb"), read_only=True):
        wait_until(lambda: (output / "checkpoint-8/trainer_state.json").exists())
    _, told = flow.communicate(timeout=1200)
    assert flow.returncode == 0
    assert "keeping metrics (keep) failed (RegistryBusyError" in told
    assert not other.exists()
    assert (output / "broken/checkpoint-7/model.safetensors").stat().st_size == weights_left
    result = last_json(train(path, home))
    assert (result["status"], result["steps"]) == ("finished", 8)
    log = (folder / "trainer.log").read_text()
    assert f"--resume_from_checkpoint {output}/checkpoint-{reached}" in log
    assert cached_rows(folder) == 16
    assert log.count("cli/export.py") == 1, "the rows were counted again"
    found = runs(home)[0]
    assert (found["status"], found["step"]) == ("finished", 8)
    assert found["attempts"] == (4 if starved is not None else 3)
    checkpoint = inspect_checkpoint(Path(result["checkpoint"]))
    assert checkpoint.architecture.startswith("Qwen3VLForConditionalGeneration")
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert folder.name in (folder / "report.html").read_text()
    with duckdb.connect(str(home / "runs/registry.duckdb"), read_only=True) as database:
        curve = database.execute(
            "SELECT step, value FROM metrics WHERE name = 'loss' ORDER BY step"
        ).fetchall()
        lineage = database.execute("SELECT run_id, release, digest FROM checkpoints").fetchall()
    assert [step for step, _ in curve] == list(range(1, 9))
    assert all(0 < value < 20 for _, value in curve)
    assert lineage == [(result["run_id"], result["release"], checkpoint.digest)]

    again = tasks.training.execute.execute_run.fn(Home(home), prepared, "")
    assert (again["checkpoint"], again["seconds"]) == (result["checkpoint"], 0.0)
    assert runs(home) == [found]

    make_another_architecture(home / "models/tiny-random")
    with pytest.raises(PreflightError, match=r"vocab_size=151000.*the run was started with"):
        prepare(path, home)


def train_on_a_small_disk(path: Path, home: Path, output: Path) -> subprocess.CompletedProcess[str] | None:
    """Go on where the checkpoints' disk has 60 MB left, half of what one takes; None where that can't be."""
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode != 0:
        print("NOT TESTED: a full disk (no user namespaces here)", file=sys.stderr)
        return None
    size = sum(file.stat().st_size for file in output.rglob("*")) + 60_000_000
    program = ["unshare", "-rm", "sh", "-c", _ON_A_SMALL_DISK, "sh", str(output), str(size)]
    program += [sys.executable, "-m", "flows.cli", *arguments(path, home)]
    return subprocess.run(program, cwd=ROOT, check=False, capture_output=True, text=True)


def make_another_architecture(model: Path) -> None:
    """Cut a model's vocabulary: its weights and its configuration agree, as a real one's do."""
    weights = load_file(model / "model.safetensors")
    weights = {name: rows[:151_000] if len(rows) > 151_000 else rows for name, rows in weights.items()}
    save_file(weights, model / "model.safetensors", {"format": "pt"})
    fields = json.loads((model / "config.json").read_text())
    fields["text_config"]["vocab_size"] = 151_000
    (model / "config.json").write_text(json.dumps(fields))


def trainer_of(output: Path) -> int:
    """The process that trains, which its launcher gives its arguments: the last one started."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.fsencode(output) in (process / "cmdline").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return max(found)


def cached_rows(folder: Path) -> int:
    rows = 0
    for path in (folder / "cached/train").glob("*.arrow"):
        with pa.memory_map(str(path)) as stream:
            rows += pa.ipc.open_stream(stream).read_all().num_rows
    return rows


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(12_000):  # on a machine that others use too
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within 20 minutes")


def wait_for_checkpoint(home: Path) -> Path:
    wait_until(lambda: any(home.glob("runs/*/output/checkpoint-*/trainer_state.json")))
    return next(home.glob("runs/*/output"))


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
    quiet_home: Path, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(_REFUSALS) as raised:
        prepare(recipe(tmp_path, **changes), quiet_home)
    assert message in str(raised.value)
    assert runs(quiet_home) == []


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
    assert "correct the recipe" in done.stderr
    found = runs(home)[0]
    assert (found["status"], found["reason"], found["checkpoint"]) == ("failed", "configuration", None)
    assert "failed: configuration" in next(home.glob("runs/*/report.html")).read_text()
