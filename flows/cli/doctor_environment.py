"""What the environment of another interpreter is good for: training, or sampling answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.cli.health import HealthCheck
from vincicoder.train.environment import EnvironmentFacts, TrainerEnvironmentError, probe_environment
from vincicoder.train.preflight import find_trainer
from vincicoder.train.recipes import Interpreter, Sampling
from vincicoder.train.sampling import sampling_backend

if TYPE_CHECKING:
    from pathlib import Path

_AREA = "environment"


def environment_checks(python: Path) -> list[HealthCheck]:
    """Ask an interpreter what it holds. It is essential that it works, and can train or sample."""
    try:
        facts = probe_environment(Interpreter(python=python))
    except TrainerEnvironmentError as error:
        return [HealthCheck(_AREA, str(python), False, True, str(error))]
    sft, verl = find_trainer("ms-swift", facts), find_trainer("verl", facts)
    uses = [
        HealthCheck(_AREA, "SFT and GRPO with ms-swift", sft.ok, False, sft.detail),
        HealthCheck(_AREA, "GRPO with verl", verl.ok, False, verl.detail),
        _sampling(facts),
    ]
    versions = ", ".join(f"{name} {version}" for name, version in sorted(facts.versions.items()))
    gpus = ", ".join(f"a GPU of {size / 2**30:.0f} GiB" for size in facts.gpu_memory) or "no GPU"
    usable = any(use.ok for use in uses)
    detail = f"{versions or 'none of the packages that train or sample'}; {gpus}"
    return [HealthCheck(_AREA, str(facts.python), usable, True, detail), *uses]


def _sampling(facts: EnvironmentFacts) -> HealthCheck:
    try:
        backend = sampling_backend(Sampling(), facts)
    except TrainerEnvironmentError as error:
        return HealthCheck(_AREA, "sampling", False, False, str(error))
    return HealthCheck(_AREA, "sampling", True, False, f"with {backend}")
