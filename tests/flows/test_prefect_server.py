"""The documented cycle on loopback: server, work pool, deploy, worker, deployment run."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from storage.home import Home
from storage.release import current_version

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("prefect")
    port = free_port()
    variables = {
        **os.environ,
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "DO_NOT_TRACK": "1",
        "PWD": str(ROOT),
    }
    with (folder / "server.log").open("wb") as log:
        command = [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, env=variables, stdout=log, stderr=log, cwd=folder)
        try:
            wait_for_server(variables["PREFECT_API_URL"], server)
            yield variables
        finally:
            stop(server)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask first; a busy machine may take longer than a test can wait."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for_server(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it was up"
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("no server within 120 s")


def prefect(environment: dict[str, str], *arguments: str, seconds: int = 120) -> str:
    done = subprocess.run(
        [PREFECT, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(environment: dict[str, str], path: str, body: dict[str, object]) -> object:
    request = urllib.request.Request(
        environment["PREFECT_API_URL"] + path,
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_deployed_build_publishes_a_release(environment: dict[str, str], tmp_path: Path) -> None:
    prefect(environment, "work-pool", "create", "--type", "process", "local")
    prefect(environment, "--no-prompt", "deploy", "--all")
    log = tmp_path / "worker.log"
    with log.open("wb") as stream:
        command = [PREFECT, "worker", "start", "--pool", "local", "--type", "process"]
        worker = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=stream, stderr=stream)
    home = tmp_path / "home"
    try:
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
    except AssertionError as error:
        raise AssertionError(log.read_text()) from error
    finally:
        stop(worker)
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
    schedules = ask(environment, "/deployments/filter", {})
    assert isinstance(schedules, list) and schedules[0]["schedules"][0]["schedule"]["cron"] == "0 2 * * *"
