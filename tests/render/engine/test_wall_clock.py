"""The wall clock of a sample stands while it waits for a CPU, and runs while it sleeps."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.render.engine.test_killed_from_outside import SLOW
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult
from vincicoder.render.processes import Queueing, queued_seconds, wall_left
from vincicoder.render.registry import why_unsupported

_BUSY_PROCESSES = 6
_MOST_CROWDS = 4  # the last one is eight times the first
_WALL_SECONDS = 3.0
_LOOP = "import matplotlib.pyplot as plt\nfor _ in range({count}): sum(range(10000))\nplt.plot([1, 2])\n"
_SCHEDSTAT = Path("/proc/self/schedstat")


def test_waiting_for_a_cpu_gives_time_back_up_to_ten_limits() -> None:
    began = time.monotonic() - 30.0
    assert wall_left(60.0, began, 0.0) == pytest.approx(30.0, abs=1.0)
    assert wall_left(20.0, began, 0.0) == pytest.approx(-10.0, abs=1.0)
    assert wall_left(20.0, began, 15.0) == pytest.approx(5.0, abs=1.0)
    assert wall_left(2.0, began, 29.9) < 0  # thirty seconds are over ten times two
    assert wall_left(5.0, began, 99.0) == pytest.approx(5.0, abs=1.0)  # of several threads at once


def test_waiting_side_by_side_counts_as_the_time_that_went_by(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    queueing = Queueing()
    seen = []
    for total in (50.0, 50.25, 90.0, 10.0, 10.5):  # the first look, one thread, many, some ended, one
        queueing.look(total)
        seen.append(queueing.seconds)
    assert seen == [0.0, 0.25, 1.25, 1.25, 1.75]


def test_a_sleeper_is_ended_at_the_wall_limit_and_the_next_sample_drawn() -> None:
    chart = _LOOP.format(count=1)
    with RenderEngine(RenderLimits(wall_seconds=_WALL_SECONDS), workers=1) as engine:
        before = _render(engine, "python", chart)
        workers = engine.worker_processes()
        sleeper = _render(engine, "python", "import time\ntime.sleep(10_000)")
        after = _render(engine, "python", chart)
        assert engine.worker_processes() == workers  # its own process was ended, not the warm one
    assert sleeper.reason is not None and sleeper.reason.value == "render.timeout"
    assert sleeper.detail == f"over {_WALL_SECONDS:g} s of wall time"
    assert before.pixels_sha256 is not None
    assert after.pixels_sha256 == before.pixels_sha256


class Crowd:
    """Busy processes beside an engine, each in its own session: some kernels share the CPU by session."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []

    def grow(self, count: int) -> None:
        """Start so many more; they are busy when this returns."""
        program = [sys.executable, "-c", "print(flush=True)\nwhile True: pass"]
        more = [
            subprocess.Popen(program, stdout=subprocess.PIPE, start_new_session=True) for _ in range(count)
        ]
        self.processes += more
        for process in more:
            assert process.stdout is not None and process.stdout.readline() == b"\n"

    def end(self) -> None:
        """Kill them all."""
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """Nobody yet, on the one CPU that this process and its children may use."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    crowd = Crowd()
    try:
        yield crowd
    finally:
        crowd.end()
        os.sched_setaffinity(0, allowed)


def _render(engine: RenderEngine, language: str, code: str) -> RenderResult:
    (result,) = engine.render([RenderRequest("one", language, code)])
    return result


def _check_that_other_threads_count() -> None:
    """A thread that computes while the first one sleeps: a browser's processes are full of them."""
    waited: list[float] = []

    def compute() -> None:
        began, own = time.thread_time(), _queued_of_this_thread()
        before = queued_seconds(os.getpid())
        while time.thread_time() - began < 0.2:
            pass
        waited.append(queued_seconds(os.getpid()) - before)
        waited.append(_queued_of_this_thread() - own)

    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    assert waited[1] > 0
    assert waited[0] >= waited[1] * 0.9, waited


def _queued_of_this_thread() -> float:
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


def _render_in_more_than_the_limit(
    engine: RenderEngine, crowd: Crowd, language: str, code: str, wall_seconds: float
) -> RenderResult:
    """Draw code in a crowd that grows until the drawing takes longer than the wall limit allows."""
    for _ in range(_MOST_CROWDS):
        result = _render(engine, language, code)
        if result.status.value != "rendered" or result.seconds > wall_seconds:
            return result
        crowd.grow(len(crowd.processes))
    raise AssertionError(f"{len(crowd.processes)} busy processes do not slow this machine's CPU")


@pytest.mark.may_skip  # a kernel without scheduling statistics is no missing tool
@pytest.mark.skipif(not _SCHEDSTAT.exists(), reason="this kernel does not say how long a process waited")
def test_a_crowded_cpu_loses_no_sample_and_spares_no_sleeper(crowd: Crowd) -> None:
    work = [("python", _LOOP.format(count=15000))]
    if not why_unsupported("latex"):
        work.append(("latex", SLOW["latex"]))
    with RenderEngine(workers=1) as engine:
        alone = max(_render(engine, *one).seconds for one in work)
    wall_seconds = max(_WALL_SECONDS, 2 * alone)  # machines differ: alone, each must be well within the limit
    with RenderEngine(RenderLimits(wall_seconds=wall_seconds), workers=1) as engine:
        _render(engine, "python", _LOOP.format(count=1))  # warm
        if len(work) > 1:
            _render(engine, "latex", r"\tikz\draw (0,0) circle (1);")
        crowd.grow(_BUSY_PROCESSES)
        _check_that_other_threads_count()
        for language, code in work:
            result = _render_in_more_than_the_limit(engine, crowd, language, code, wall_seconds)
            assert result.status.value == "rendered", (language, result.detail)
        sleeper = _render(engine, "python", "import time\ntime.sleep(1000)")
    assert sleeper.reason is not None
    assert sleeper.reason.value == "render.timeout"
    assert sleeper.detail == f"over {wall_seconds:g} s of wall time"
