"""Ctrl-C, and a disk that takes nothing more, stop a build at once: no queued shard runs."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from prefect.exceptions import TerminationSignal

from flows.runners import DirectRunner
from storage.errors import HomeUnwritableError
from storage.home import Home
from tasks.stage import BuildStoppedError, StageName, is_retryable, run_stage, tasks_end_with_the_build
from tests.corpora import write_corpus
from tests.samples import CIRCLE
from vincicoder.sample import InfrastructureError


def run_shards(function: Callable[[int], Any], workers: int = 2, shards: int = 16) -> list[int]:
    """Run shards that a stand-in for a task does; return which were started."""
    started: list[int] = []

    def shard(source: str, shard: int) -> Any:
        started.append(shard)
        return function(shard)

    task: Any = SimpleNamespace(name="draw", fn=shard)
    calls = [{"source": "own", "shard": number} for number in range(shards)]
    try:
        DirectRunner(workers).map(task, calls, lambda _: None)
    finally:
        time.sleep(0.2)
    return started


def test_an_interrupt_cancels_the_queued_shards() -> None:
    started: list[int] = []
    running = threading.Event()

    def shard(number: int) -> None:
        started.append(number)
        if number == 1:
            raise KeyboardInterrupt
        running.wait(5)

    with pytest.raises(KeyboardInterrupt):
        run_shards(shard)
    running.set()
    time.sleep(0.5)
    assert len(started) <= 4


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        OSError(errno.EROFS, os.strerror(errno.EROFS)),
        duckdb.IOException(f'Could not write file "x": {os.strerror(errno.ENOSPC)}'),
    ],
)
def test_a_full_disk_is_not_tried_again(error: Exception) -> None:
    started: list[int] = []

    def shard(number: int) -> None:
        started.append(number)
        if number == 0:
            raise error
        time.sleep(0.3)

    begun = time.monotonic()
    with pytest.raises(HomeUnwritableError, match="stage draw cannot write"):
        run_shards(shard)
    assert time.monotonic() - begun < 2, "no wait for another try"
    assert started.count(0) == 1
    assert len(started) <= 4


def test_a_full_disk_behind_another_error_is_seen() -> None:
    def shard(number: int) -> None:
        try:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise InfrastructureError("renders failed") from error

    with pytest.raises(HomeUnwritableError, match="free some space"):
        run_shards(shard)


def test_writing_to_a_full_file_system_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HomeUnwritableError) as caught, Home(tmp_path).scratch_file(".part"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    message = str(caught.value)
    assert f"home {tmp_path} cannot be written" in message
    assert "No space left on device" in message
    assert "run the same command again" in message


@pytest.mark.parametrize("end", [KeyboardInterrupt(), TerminationSignal(signal.SIGTERM), ValueError()])
def test_tasks_start_nothing_more_once_their_build_ends(tmp_path: Path, end: BaseException) -> None:
    """Ctrl-C, a Prefect run that is cancelled, and any error: what waits in threads of its own must know."""
    home = Home(tmp_path)
    with pytest.raises(type(end)), tasks_end_with_the_build(home):
        raise end
    computed: list[str] = []
    with pytest.raises(BuildStoppedError):
        run_stage(
            home,
            StageName("draw", 1),
            source="own",
            shard=0,
            parameters={},
            inputs=[],
            rows_in=0,
            compute=lambda key: computed.append(key),  # type: ignore[arg-type,func-returns-value]
        )
    assert (computed, home.exists("stages")) == ([], False)
    assert not is_retryable(BuildStoppedError("the build was stopped"))


def test_ctrl_c_ends_a_build_with_130_and_leaves_it_whole(tmp_path: Path) -> None:
    rows = [
        {"id": f"c{n}", "domain": "svg", "language": "svg", "code": CIRCLE.format(radius=5 + n, fill="navy")}
        for n in range(40)
    ]
    home, config = tmp_path / "home", write_corpus(tmp_path, "own", rows)
    command = [sys.executable, "-m", "flows.cli", "build", "sft", "--profile", "none", "--shard-rows", "1"]
    command += ["--home", str(home), "--source-config", str(config), "--workers", "1"]
    build = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list(home.glob("stages/collect/*/done.json")) and time.monotonic() < deadline:
        time.sleep(0.005)
    pressed = time.monotonic()
    os.killpg(build.pid, signal.SIGINT)
    _, said = build.communicate(timeout=120)
    assert build.returncode == 130, said[-2000:]
    assert "interrupted; what is finished is kept" in said
    assert "Traceback" not in said
    assert time.monotonic() - pressed < 60
    assert list((home / "tmp").iterdir()) == []
    assert not (home / "releases").exists()
    for marker in home.glob("stages/*/*/done.json"):
        fields = json.loads(marker.read_text())
        assert all((marker.parent / name).is_file() for name in fields["files"])
