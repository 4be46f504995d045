"""Draws the answers of a batch: each distinct program once, and again after an infrastructure failure."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from vincicoder.data_files import unpack_data
from vincicoder.render import Recording, RenderEngine, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.on_stacks import render_on_stacks
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.items import ProgramKey
from vincicoder.sample import Reason


class Renderer:
    """An engine that is replaced when it fails. Any thread may render."""

    def __init__(self, config: RewardConfig) -> None:
        self._config = config
        self._recording = Recording.BESIDE if config.structure_weight else Recording.NONE
        self._engine: RenderEngine | None = None
        self._users: Counter[RenderEngine] = Counter()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._give_back(self._take())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's processes."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def worker_processes(self) -> list[int]:
        """Return the process ids at the roots of the workers' process trees."""
        return [] if self._engine is None else self._engine.worker_processes()

    def draw(
        self,
        programs: Iterable[ProgramKey],
        abandoned: threading.Event | None = None,
        recording: Recording | None = None,
    ) -> Iterator[tuple[ProgramKey, RenderResult]]:
        """Yield the result of each program, in the order they finish; `programs` is pulled as places free up.

        `recording` is the configuration's by default.

        A failure of ours is retried `retries` times, with a new engine, and yielded as failed only then. A
        language whose tools are missing on this machine is such a failure, but trying again is no use. Once
        `abandoned` is set, what is being drawn is given up and nothing more is yielded.
        """
        waiting = programs
        for attempts_left in range(self._config.retries, -1, -1):
            again: list[ProgramKey] = []
            engine = self._take()
            try:
                for program, result in _draw_once(engine, waiting, recording or self._recording, abandoned):
                    if result.status is RenderStatus.FAILED and attempts_left:
                        again.append(program)
                    else:
                        yield program, result
            finally:
                self._give_back(engine, replace=bool(again))
            if not again:
                return
            waiting = again

    def _take(self) -> RenderEngine:
        with self._lock:
            if self._engine is None:
                config = self._config
                self._engine = RenderEngine(
                    config.limits,
                    workers=config.workers,
                    output="pixels",
                    require_sandbox=config.require_sandbox,
                    measure=False,
                ).__enter__()
            self._users[self._engine] += 1
            return self._engine

    def _give_back(self, engine: RenderEngine, replace: bool = False) -> None:
        """Release an engine. One that is to be replaced ends when nobody renders with it any more."""
        with self._lock:
            self._users[engine] -= 1
            if replace and engine is self._engine:
                self._engine = None
            unused = not self._users[engine]
            if unused:
                del self._users[engine]
            ended = unused and engine is not self._engine
        if ended:
            engine.close()


def _draw_once(
    engine: RenderEngine,
    programs: Iterable[ProgramKey],
    recording: Recording,
    abandoned: threading.Event | None,
) -> Iterator[tuple[ProgramKey, RenderResult]]:
    """Draw each program as a build does: on its own stack, or the nearest that has the names it uses."""
    asked: dict[str, ProgramKey] = {}

    def requests() -> Iterator[RenderRequest]:
        for number, program in enumerate(programs):
            renderer, code, data = asked[str(number)] = program
            yield RenderRequest(str(number), renderer, code, recording, unpack_data(data))

    for drawn in render_on_stacks(engine, requests(), abandoned):
        yield asked.pop(drawn.result.request_id), drawn.result


def is_our_fault(result: RenderResult) -> bool:
    """Whether a result says nothing about the program: our machinery failed, or lacks a language's tools."""
    return result.status is RenderStatus.FAILED or result.reason is Reason.RENDER_UNSUPPORTED
