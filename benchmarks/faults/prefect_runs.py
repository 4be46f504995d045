"""Kills the Prefect server, a flow run, or a worker with the flow run it has started, under a build."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.faults.builds import Bench, reap, wait
from benchmarks.faults.kills import kill
from vincicoder.render.processes import descendants

_START_SECONDS = 120.0


def kill_prefect(bench: Bench, home: Path) -> None:
    """Kill the Prefect server, or a flow run, under a build; then run it again without."""
    with _server(bench, home) as environment:
        server = set(descendants(os.getpid()))
        process = bench.start(home, environment=environment)
        time.sleep(bench.chance.uniform(0.5, 1.5) * bench.build_seconds)
        if bench.chance.random() < 0.5:
            for pid in server:
                kill(pid)
            bench.campaign.killed("prefect server")
        else:
            process.kill()
            bench.campaign.killed("prefect flow run")
        wait(process, 240)
    bench.gone(home)
    bench.finish(home)


def kill_prefect_worker(bench: Bench, home: Path) -> None:
    """Kill a Prefect worker and the run of a deployment that it has started; then run it again without."""
    from tests.flows.server import prefect, running_worker, start_run

    with _server(bench, home) as environment:
        for pool in ("local", "gpu"):
            prefect(environment, "work-pool", "create", pool, "--type", "process")
        prefect(environment, "--no-prompt", "deploy", "--name", "build-sft-data/default")
        server = set(descendants(os.getpid()))
        with running_worker(environment, "local", home.with_name(f"{home.name}-worker.log")):
            parameters = {"profile": None, "source_configs": [str(bench.config)], "home": str(home)}
            start_run(environment, "build-sft-data/default", {**parameters, "shard_rows": 4, "workers": 2})
            deadline = time.monotonic() + _START_SECONDS
            while not (home / "stages").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(bench.chance.uniform(0.0, 0.6) * bench.build_seconds)
            for pid in set(descendants(os.getpid())) - server:
                if _belongs_to_prefect(pid) and kill(pid):
                    bench.campaign.killed("prefect worker or its run")
    bench.gone(home)
    bench.finish(home)


@contextmanager
def _server(bench: Bench, home: Path) -> Iterator[dict[str, str]]:
    from tests.flows.server import running_server

    folder = home.with_name(f"{home.name}-prefect")
    folder.mkdir()
    try:
        with running_server(folder) as environment:
            yield environment
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        bench.campaign.problems.append(f"{home}: Prefect: {error}")
    reap()
    shutil.rmtree(folder, ignore_errors=True)


def _belongs_to_prefect(pid: int) -> bool:
    """Whether a process is the worker, or a flow run that it started: the build's own processes are not."""
    try:
        return b"prefect" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
