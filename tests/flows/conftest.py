"""One Prefect server with the deployments of the project and a worker on each pool, for all who need it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.server import ROOT, ask, prefect, running_server, running_worker


@dataclass(frozen=True)
class Deployed:
    """What reaches the server, the home that its workers use where a run names none, and their logs."""

    environment: dict[str, str]
    home: Path
    logs: Path

    def log(self) -> str:
        return "".join(path.read_text() for path in sorted(self.logs.glob("*.log")))


@pytest.fixture(scope="package")  # its server and workers take a tenth of a core as long as they live
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("prefect")
    with running_server(folder) as server:
        found = Deployed({**server, "VINCICODER_HOME": str(folder / "home")}, folder / "home", folder)
        for command in documented_commands("work-pool create"):
            prefect(found.environment, *command)
        ask(found.environment, "/work_pools/gpu", {"concurrency_limit": 1}, "PATCH")
        with (
            running_worker(found.environment, "local", folder / "local.log"),
            running_worker(found.environment, "gpu", folder / "gpu.log"),
        ):
            (deploy,) = documented_commands("--no-prompt deploy")
            prefect(found.environment, *deploy)
            for name, parameters in small_parameters(folder).items():
                deployment = ask(found.environment, f"/deployments/name/{name}/default")
                changed = {"parameters": deployment["parameters"] | parameters}
                ask(found.environment, f"/deployments/{deployment['id']}", changed, "PATCH")
            yield found


def documented_commands(start: str) -> list[list[str]]:
    """The arguments of the `prefect` commands of docs/prefect.md that begin so."""
    lines = (ROOT / "docs/prefect.md").read_text("utf-8").splitlines()
    found = [
        line.strip().partition("#")[0].split()[1:]
        for line in lines
        if line.startswith(f"    prefect {start}")
    ]
    assert found, start
    return found


def small_parameters(folder: Path) -> dict[str, dict[str, Any]]:
    """Parameters of the deployments by flow, with small versions of the project's recipes.

    What no answer solves is kept: this model knows nothing.
    """
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
    return {
        "build-rl-data": {"recipe": str(path), "answers": 2, "tokens": 8},
        "train-sft": {"recipe": recipes["sft"]},
        "train-grpo": {"recipe": recipes["grpo"]},
        "evaluate": {"max_tokens": 8, "limit": 2},
    }
