"""A real Prefect server on loopback, with workers, for tests."""

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
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def running_worker(environment: dict[str, str], pool: str, log: Path, create: bool = True) -> Iterator[None]:
    """Create a work pool and serve it."""
    if create:
        prefect(environment, "work-pool", "create", "--type", "process", pool)
    with log.open("wb") as stream:
        command = [PREFECT, "worker", "start", "--pool", pool, "--type", "process"]
        worker = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=stream, stderr=stream)
    try:
        yield
    finally:
        stop(worker)
