"""The documented cycle on loopback: server, work pool, deploy, worker, deployment run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from storage.home import Home
from storage.release import current_version
from tests.flows.server import ask, prefect, running_server, running_worker


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with running_server(tmp_path_factory.mktemp("prefect")) as variables:
        yield variables


def test_deployed_build_publishes_a_release(environment: dict[str, str], tmp_path: Path) -> None:
    prefect(environment, "work-pool", "create", "--type", "process", "gpu")
    log, home = tmp_path / "worker.log", tmp_path / "home"
    with running_worker(environment, "local", log):
        prefect(environment, "--no-prompt", "deploy", "--all")
        printed = prefect(
            environment,
            "deployment",
            "run",
            "build-sft-data/default",
            "--param",
            "limit=24",
            "--param",
            f"home={json.dumps(str(home))}",
            "--watch",
            seconds=300,
        )
    assert "Completed" in printed, log.read_text()

    version = current_version(Home(home), "sft")
    with duckdb.connect(str(home / f"releases/sft/{version}/catalog.duckdb"), read_only=True) as catalog:
        collected = catalog.execute("SELECT sum(collected)::INT FROM sources").fetchone()
        flow_run = catalog.execute("SELECT flow_run FROM build").fetchone()
    assert collected == (24,)

    runs = ask(environment, "/flow_runs/filter", {})
    assert isinstance(runs, list) and [run["id"] for run in runs if run["state_type"] == "COMPLETED"] == [
        flow_run[0]
    ]  # type: ignore[index]
    tasks = ask(environment, "/task_runs/filter", {"limit": 200})
    assert isinstance(tasks, list)
    names = {task["name"] for task in tasks}
    assert "render openclipart 0000" in names, sorted(names)
    assert all(task["state_type"] == "COMPLETED" for task in tasks)
    artifacts = ask(environment, "/artifacts/latest/filter", {})
    assert isinstance(artifacts, list)
    assert {artifact["key"] for artifact in artifacts} == {"sft-funnel", "sft-yield-by-source"}
    deployments = ask(environment, "/deployments/filter", {})
    assert isinstance(deployments, list)
    crons = [schedule["schedule"]["cron"] for found in deployments for schedule in found["schedules"]]
    assert (len(deployments), crons) == (4, ["0 2 * * *"])
