"""Kills, with signal 9 and at random moments: the trainer of a small run, and the command that follows it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from benchmarks.faults.builds import ROOT, Bench, log_of, wait
from storage.outputs import file_sha256
from vincicoder.render.processes import descendants
from vincicoder.train.launcher import make_tiny

_MODEL = "models/tiny-random"


def kill_trainer(bench: Bench, home: Path) -> None:
    """Kill the trainer of a run of six steps, then the command that follows it, while or after it writes a
    checkpoint, and run it again: its weights must be those of a run that was left alone."""
    bench.finish(home)
    release = (home / "releases/sft/current").resolve()
    rows = pq.read_table(next((release / "data").glob("train-*.parquet")), columns=["code"])
    make_tiny(home / _MODEL, rows["code"].to_pylist())
    if not bench.weights:
        alone = home.with_name("trained")
        shutil.copytree(home, alone, symlinks=True)
        bench.weights = _train(bench, alone)
    for steps in (bench.chance.randint(1, 2), bench.chance.randint(3, 4)):
        process = bench.start(home, command=_command(bench, home))
        while process.poll() is None and not list(home.glob(f"runs/*/output/checkpoint-{steps}")):
            time.sleep(0.05)
        time.sleep(bench.chance.uniform(0.0, 1.5))
        trainers = [pid for pid in descendants(process.pid) if _is_trainer(pid)]
        if trainers and steps < 3:
            os.kill(max(trainers), signal.SIGKILL)  # its launcher has the same arguments: it began before
            bench.campaign.killed("trainer")
            wait(process)
        elif process.poll() is None:
            process.kill()
            bench.campaign.killed("training command")
            process.wait()
        bench.gone(home)
    found = _train(bench, home)
    if found != bench.weights:
        bench.campaign.wrong += 1
        bench.campaign.problems.append(f"{home}: other weights than those of a run that was left alone")


def _train(bench: Bench, home: Path) -> str:
    """Run the training to its end; return the hash of the weights it leaves."""
    log_of(home).unlink(missing_ok=True)
    process = bench.start(home, command=_command(bench, home))
    wait(process)
    said = log_of(home).read_text()
    bench.gone(home)
    if process.returncode != 0:
        bench.campaign.problems.append(f"{home}: training ended with {process.returncode}: {said[-600:]}")
        return ""
    result = next(json.loads(line) for line in reversed(said.splitlines()) if line.startswith("{"))
    return file_sha256(Path(result["checkpoint"]) / "model.safetensors")


def _command(bench: Bench, home: Path) -> list[str]:
    recipe = bench.folder / "tiny.yaml"
    fields = yaml.safe_load((ROOT / "recipes/sft/tiny-cpu.yaml").read_text("utf-8"))
    recipe.write_text(yaml.safe_dump({**fields, "save_steps": 1}))
    train = [sys.executable, "-m", "flows.cli", "train", "sft", "--recipe", str(recipe)]
    return [*train, "--home", str(home), "--json"]


def _is_trainer(pid: int) -> bool:
    try:
        return b"swift" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
