"""Runs the generator of answers in a sampling environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.training.execute import TrainingFailedError
from vincicoder.train import generate
from vincicoder.train.launch import Launch, run_trainer

if TYPE_CHECKING:
    from vincicoder.train.recipes import Sampling


def run_sampling(request: dict[str, Any], folder: Path, python: Path, sampling: Sampling) -> None:
    """Run `vincicoder/train/generate.py` on its request under the guard, so that it cannot outlive us.
    Answers that its output holds already are not sampled again.

    A model that is a folder is loaded without asking the hub. Raises TrainingFailedError.
    """
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    offline = {"HF_HUB_OFFLINE": "1"} if Path(request["model"]).is_dir() else {}
    launch = Launch(
        ["/bin/sh", "-c", 'exec "$0" "$1" < "$2"', str(python), generate.__file__, "request.json"],
        {**offline, **sampling.environment.variables},
        folder,
        folder / "generate.log",
    )
    if (status := run_trainer(launch, lambda: None)) != 0:
        raise TrainingFailedError(
            f"sampling answers from {request['model']} ended with status {status}; see {launch.log}. "
            "Running the same command again goes on with the answers that are there"
        )
