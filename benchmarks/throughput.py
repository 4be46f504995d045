"""Samples a second with two workers against one, and what the sandbox costs: parts of `benchmarks.render`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import zip_longest

from benchmarks.processor_time import own_seconds, tree_seconds
from vincicoder.render import RenderEngine, RenderRequest, RenderStatus

_WARM_UP_SAMPLES = 6
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Throughput:
    """Samples a second on the wall clock. Only a machine with nothing else to do gives a true ratio."""

    one_worker: float
    two_workers: float
    ratio: float


@dataclass(frozen=True, slots=True)
class SandboxCost:
    """CPU milliseconds a sample, with every layer that works here and with none."""

    with_sandbox_ms: float
    without_ms: float
    cost_ms: float


def measure_throughput(pools: dict[str, list[str]]) -> dict[str, Throughput]:
    """Measure every language by itself, and all of them together as `mixed`."""
    sets = {name: [(name, code) for code in pool] for name, pool in pools.items()}
    if len(sets) > 1:
        turns = zip_longest(*sets.values())
        sets["mixed"] = [entry for turn in turns for entry in turn if entry is not None]
    found = {}
    for name, samples in sets.items():
        one, two = _rate(samples, 1), _rate(samples, 2)
        found[name] = Throughput(round(one, 2), round(two, 2), round(two / one, 2))
    return found


def _requests(samples: list[tuple[str, str]]) -> list[RenderRequest]:
    return [RenderRequest(str(number), *sample) for number, sample in enumerate(samples)]


def _rate(samples: list[tuple[str, str]], workers: int) -> float:
    requests = _requests(samples)
    with RenderEngine(workers=workers) as engine:
        for _ in range(workers):  # all workers up, and each has seen most preambles and fonts
            list(engine.render(requests))
        started = time.monotonic()
        for _ in range(_ROUNDS):
            list(engine.render(requests))
        return len(requests) * _ROUNDS / (time.monotonic() - started)


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
