"""Task runs of one flow under a Prefect server on SQLite and on PostgreSQL: seconds, and how many are kept.

PostgreSQL is Debian's (`apt-get install postgresql`), started on loopback in a temporary folder and stopped
at the end.

    python -m benchmarks.prefect_database --runs 2000 --json database.json
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tests.flows.server import ROOT, ask, free_port, running_server

_URL = "PREFECT_API_DATABASE_CONNECTION_URL"
_RECORDED_SECONDS = 90.0  # task runs are written some time after their flow ends
_FLOW = """
import sys
from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner

@task
def one(number: int) -> int:
    return number

@flow(task_runner=ThreadPoolTaskRunner(max_workers=8))
def many(runs: int) -> int:
    return sum(future.result() for future in one.map(range(runs)))

assert many(int(sys.argv[1])) == sum(range(int(sys.argv[1])))
"""


@contextmanager
def postgres(folder: Path) -> Iterator[dict[str, str]]:
    """Run a server of its own with one database; yield the variable that leads Prefect to it."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # it refuses to run as root
    folder.mkdir()
    if as_owner:
        shutil.chown(folder, "postgres")
    password, port, data = secrets.token_hex(16), str(free_port()), str(folder / "data")

    def run(program: str, *arguments: str) -> None:
        command = [*as_owner, str(programs / program), *arguments]
        environment = {**os.environ, "PGPASSWORD": password}
        done = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    secret = folder / "password"
    secret.write_text(password)
    if as_owner:
        shutil.chown(secret, "postgres")
    run("initdb", "-D", data, "-U", "prefect", "-A", "scram-sha-256", f"--pwfile={secret}")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
    run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        run("createdb", "-h", "127.0.0.1", "-p", port, "-U", "prefect", "prefect")
        yield {_URL: f"postgresql+asyncpg://prefect:{password}@127.0.0.1:{port}/prefect"}
    finally:
        run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


def measure(runs: int, variables: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Run a flow of so many task runs; return its seconds, the task runs recorded and the errors logged."""
    folder.mkdir()
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        with running_server(folder) as environment:
            started = time.monotonic()
            command = [sys.executable, "-c", _FLOW, str(runs)]
            subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, timeout=600)
            seconds = time.monotonic() - started
            recorded, deadline = 0, time.monotonic() + _RECORDED_SECONDS
            while recorded < runs and time.monotonic() < deadline:
                time.sleep(1)
                completed = {"task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
                recorded = int(ask(environment, "/task_runs/count", completed))
    finally:
        os.environ.clear()
        os.environ.update(before)
    locked = (folder / "server.log").read_text(errors="replace").count("database is locked")
    return {"seconds": round(seconds, 1), "recorded": recorded, "locked": locked}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="prefect-database-"))
    folder.chmod(0o755)
    found: dict[str, Any] = {"runs": asked.runs}
    try:
        for name, server in (
            ("postgresql", postgres(folder / "postgresql")),
            ("sqlite", nullcontext(dict[str, str]())),
        ):
            with server as variables:
                found[name] = measure(asked.runs, variables, folder / f"prefect-{name}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(found, indent=1)
    print(text)
    if asked.json:
        asked.json.write_text(text + "\n")
    return 0 if found["postgresql"]["recorded"] == asked.runs else 1


if __name__ == "__main__":
    sys.exit(main())
