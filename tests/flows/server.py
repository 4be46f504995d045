"""A real Prefect server on loopback, with workers, for tests."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PREFECT = str(Path(sys.executable).with_name("prefect"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(folder: Path) -> Iterator[dict[str, str]]:
    """Start a server of its own and yield the environment that reaches it."""
    port = free_port()
    variables = {
        **os.environ,
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        # Few runs ahead: on a busy machine a hundred at once may find SQLite locked.
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "3",
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


def prefect(environment: dict[str, str], *arguments: str, seconds: int = 240) -> str:
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


def ask(
    environment: dict[str, str], path: str, body: dict[str, object] | None = None, method: str | None = None
) -> Any:
    """Call the server: POST where there is a body, else GET."""
    request = urllib.request.Request(
        environment["PREFECT_API_URL"] + path,
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    deadline = time.monotonic() + 240
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:  # 503: SQLite is locked, as on a busy machine
            if error.code != 503 or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        except TimeoutError:  # locked for longer
            if time.monotonic() > deadline:
                raise


def wait_for_run(
    environment: dict[str, str], run_id: str, states: tuple[str, ...] = (), seconds: float = 240
) -> dict[str, Any]:
    """Wait until a flow run has one of the states; without any, until it has ended."""
    wanted = states or ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        run: dict[str, Any] = ask(environment, f"/flow_runs/{run_id}")
        if run["state_type"] in wanted:
            return run
        time.sleep(0.3)
    raise AssertionError(f"{run['name']} is {run['state_type']} after {seconds} s, not one of {wanted}")


def start_run(environment: dict[str, str], deployment: str, parameters: dict[str, Any]) -> str:
    """Start a run of a deployment; return its id."""
    found = ask(environment, f"/deployments/name/{deployment}")
    run = ask(environment, f"/deployments/{found['id']}/create_flow_run", {"parameters": parameters})
    return str(run["id"])


def wait_for_line(
    environment: dict[str, str], run_id: str, pattern: str, seconds: float = 240
) -> list[dict[str, Any]]:
    """Wait until our own code has logged a line of this pattern in a flow run; return all lines so far.

    The server may take the last lines of a run after its end.
    """
    deadline = time.monotonic() + seconds
    while True:
        lines = logged(environment, run_id)
        if any(re.fullmatch(pattern, line["message"]) for line in lines):
            return lines
        assert time.monotonic() < deadline, f"no line {pattern} within {seconds} s in {lines}"
        time.sleep(0.5)


def logged(environment: dict[str, str], run_id: str) -> list[dict[str, Any]]:
    """Return what our own code logged in a flow run, its tasks included, in order."""
    ours = {"flow_run_id": {"any_": [run_id]}}
    lines: list[dict[str, Any]] = []
    while True:
        page = ask(environment, "/logs/filter", {
            "limit": 200, "offset": len(lines), "sort": "TIMESTAMP_ASC", "logs": ours,
        })  # fmt: skip
        lines += page
        if len(page) < 200:  # a batch that a busy server was slow to take may be there twice
            return list({line["message"]: line for line in lines if line["name"] == "vincicoder"}.values())


@contextmanager
def running_worker(environment: dict[str, str], pool: str, log: Path, *options: str) -> Iterator[None]:
    """Serve a work pool."""
    with log.open("wb") as stream:
        command = [PREFECT, "worker", "start", "--pool", pool, "--type", "process", *options]
        worker = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=stream, stderr=stream)
    try:
        yield
    finally:
        stop(worker)
