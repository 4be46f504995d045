"""Samples a second with two workers against one, and what the sandbox costs: parts of `benchmarks.render`."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from benchmarks.processor_time import own_seconds, tree_seconds
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderStatus
from vincicoder.render.worker.fork_sandbox import ForkSandbox

_WARM_UP_SAMPLES = 6
_ROUNDS = 2  # of one worker and two in turn: a noisy machine is noisy for both
_REPEATS = 2  # in one call: the longer the work, the less the end of it shows, where one worker waits
_FORKS = 200
_MOST_SAMPLES = 24  # of each language: every one is drawn a dozen times


@dataclass(frozen=True, slots=True)
class Throughput:
    """Samples that can be drawn, a second on the wall clock; workers started and preambles loaded before.

    Only a machine with nothing else to do gives a true ratio. The CPU milliseconds a sample say, on any
    machine, what a second worker does twice. `one_worker_cores` is how many cores one worker keeps busy: a
    browser's processes work at once, and two workers cannot use more cores than there are.
    """

    one_worker: float
    two_workers: float
    ratio: float
    one_worker_cpu_ms: float
    two_workers_cpu_ms: float
    one_worker_cores: float


@dataclass(frozen=True, slots=True)
class SandboxCost:
    """CPU milliseconds a sample, with every layer that works here and with none."""

    with_sandbox_ms: float
    without_ms: float
    cost_ms: float


def measure_throughput(pools: dict[str, list[str]]) -> dict[str, Throughput]:
    """Measure every language by itself, and all of them together as `mixed`."""
    sets = {name: [(name, code) for code in pool[:_MOST_SAMPLES]] for name, pool in pools.items()}
    if len(sets) > 1:
        turns = zip_longest(*sets.values())
        sets["mixed"] = [entry for turn in turns for entry in turn if entry is not None]
    return {name: _compare(samples) for name, samples in sets.items()}


def _compare(samples: list[tuple[str, str]]) -> Throughput:
    requests = _requests(samples)
    wall, cpu = {1: 0.0, 2: 0.0}, {1: 0.0, 2: 0.0}
    with RenderEngine(workers=1) as one, RenderEngine(workers=2) as two:
        engines = {1: one, 2: two}
        by_language = sorted(requests, key=lambda request: request.language)
        for workers, engine in engines.items():
            for _ in range(workers):  # so every language has its workers, and each has seen most samples
                list(engine.render(by_language))
        for _ in range(_ROUNDS):
            for workers, engine in engines.items():
                cpu_before = own_seconds() + tree_seconds(engine.worker_processes())
                started = time.monotonic()
                list(engine.render(requests * _REPEATS))
                wall[workers] += time.monotonic() - started
                cpu[workers] += own_seconds() + tree_seconds(engine.worker_processes()) - cpu_before
    done = len(requests) * _ROUNDS * _REPEATS
    return Throughput(
        one_worker=round(done / wall[1], 2),
        two_workers=round(done / wall[2], 2),
        ratio=round(wall[1] / wall[2], 2),
        one_worker_cpu_ms=round(cpu[1] * 1000 / done, 1),
        two_workers_cpu_ms=round(cpu[2] * 1000 / done, 1),
        one_worker_cores=round(cpu[1] / wall[1], 2),
    )


def _requests(samples: list[tuple[str, str]]) -> list[RenderRequest]:
    return [RenderRequest(str(number), *sample) for number, sample in enumerate(samples)]


def measure_sandbox(language: str, codes: list[str]) -> SandboxCost:
    """Render the samples with and without the sandbox, in turn: what differs is the sandbox."""
    used = {True: 0.0, False: 0.0}
    with (
        RenderEngine(workers=1, output="pixels", measure=False) as safe,
        RenderEngine(workers=1, output="pixels", measure=False) as bare,
    ):
        bare._layers = ()  # no such option is offered: nobody is to run real samples so
        for number, code in enumerate(codes[:_WARM_UP_SAMPLES] + codes):
            for engine in (safe, bare):
                before = own_seconds() + tree_seconds(engine.worker_processes())
                (result,) = engine.render([RenderRequest("sample", language, code)])
                seconds = own_seconds() + tree_seconds(engine.worker_processes()) - before
                if number >= _WARM_UP_SAMPLES and result.status is RenderStatus.RENDERED:
                    used[engine is safe] += seconds
    with_sandbox, without = (used[key] * 1000 / len(codes) for key in (True, False))
    return SandboxCost(round(with_sandbox, 2), round(without, 2), round(with_sandbox - without, 2))


def measure_confinement() -> SandboxCost:
    """Fork and end a process with and without what every Python sample puts on itself: its layers do not
    depend on the engine's, so that `measure_sandbox` does not see them."""
    limits, used = RenderLimits(), {True: 0.0, False: 0.0}
    with tempfile.TemporaryDirectory() as folder:
        sandbox = ForkSandbox.build(limits, Path(folder))
        for number in range(2 * _FORKS):
            confined = number % 2 == 0
            pid = os.fork()
            if pid == 0:
                if confined:
                    sandbox.apply(limits)
                os._exit(0)
            _, status, usage = os.wait4(pid, 0)
            if status:
                raise RuntimeError(f"a process could not confine itself: status {status}")
            used[confined] += usage.ru_utime + usage.ru_stime
    with_sandbox, without = (used[key] * 1000 / _FORKS for key in (True, False))
    return SandboxCost(round(with_sandbox, 2), round(without, 2), round(with_sandbox - without, 2))
