"""Runs ms-swift as the project does, without Prefect: recipe, launch, metrics, memory."""

from __future__ import annotations

import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from benchmarks.gpu.part import Part
from benchmarks.gpu.peak import peak_of_children
from vincicoder.train.environment import probe_environment
from vincicoder.train.launch import run_trainer
from vincicoder.train.launcher import plan_launch
from vincicoder.train.metrics import MetricsFile
from vincicoder.train.recipes import GrpoRecipe, SftRecipe
from vincicoder.train.swift_arguments import TrainingInputs

Curves = dict[str, list[float]]
_ASK_SECONDS = 2.0
_ASK = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]


def common_recipe(part: Part, model: Path) -> dict[str, Any]:
    """The recipe's fields that both trainings share: bf16, one device, attention that torch itself brings."""
    return {
        "model": str(model),
        "model_type": "qwen3_vl",
        "environment": {"gpus": 1 if part.gpu else 0},
        "dtype": "bfloat16",
        "min_pixels": part.settings.min_pixels,
        "max_pixels": part.settings.max_pixels,
        "extra": {"gradient_checkpointing": True, "attn_impl": "sdpa"},
    }


def train(
    part: Part,
    name: str,
    recipe: SftRecipe | GrpoRecipe,
    inputs: TrainingInputs,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Curves, dict[str, Any]]:
    """Train in the folder `name`, until `stop` says so if ever.

    Returns each metric's values in order, and `seconds`, `peak_mb` (on a GPU what its driver counts for all
    that runs on it, else the trainer's largest process) and `torch_peak_mb`, as the trainer itself says.
    Raises RuntimeError with the log's end where the trainer fails.
    """
    folder = part.work / name
    facts = probe_environment(recipe.environment)
    planned = plan_launch(recipe, inputs, facts, folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trainer.yaml").write_text(yaml.safe_dump(planned.configuration))
    files, curves = [MetricsFile(path) for path in planned.metrics_files], defaultdict[str, list[float]](list)
    for file in files:
        file.read_new()  # of a run before, whose file the trainer goes on with
    used, asked, started, stopped = 0, 0.0, time.monotonic(), False

    def follow() -> None:
        nonlocal used, asked, stopped
        for file in files:
            for metric in file.read_new():
                curves[metric.name].append(metric.value)
        if part.gpu and time.monotonic() - asked > _ASK_SECONDS:
            asked = time.monotonic()
            done = subprocess.run(_ASK, capture_output=True, text=True, timeout=20, check=False)
            used = max([used, *(int(line) for line in done.stdout.split() if line.isdigit())])
        if stop():
            stopped = True
            raise KeyboardInterrupt

    try:
        status = run_trainer(planned.launch, follow)
    except KeyboardInterrupt:
        if not stopped:
            raise
        status = 0
    if status:
        end = planned.launch.log.read_text("utf-8", "replace")[-1500:]
        raise RuntimeError(f"the trainer ended with {status}: {end}")
    spent: dict[str, Any] = {"seconds": round(time.monotonic() - started, 1)}
    spent["peak_mb"] = used if part.gpu else peak_of_children()
    if curves.get("memory(GiB)"):
        spent["torch_peak_mb"] = round(max(curves["memory(GiB)"]) * 1024)
    return curves, spent
