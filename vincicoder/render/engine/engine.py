"""The engine's front: a context manager that turns requests into results as they finish."""

from __future__ import annotations

import logging
import os
import queue
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from vincicoder.render.api import RenderLimits, RenderRequest, RenderResult
from vincicoder.render.configuration import WorkerConfiguration
from vincicoder.render.engine.handle import Job, WorkerHandle
from vincicoder.render.engine.results import rejected
from vincicoder.render.engine.supervisor import Supervisor
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.registry import LANGUAGES, why_unsupported
from vincicoder.render.sandbox import describe_lacking, probe, require_every_layer
from vincicoder.sample import Reason

IN_FLIGHT_PER_WORKER = 4
_LOOK_SECONDS = 0.1  # between two looks at whether somebody still waits

logger = logging.getLogger("vincicoder")


class RenderEngine:
    """Renders samples in sandboxed worker processes that stay warm; one engine serves many threads.

    `limits` bound each sample. `workers` is how many samples run at once (default: one per CPU this
    process may use). `output` is "png" or "pixels". `require_sandbox` makes opening the engine raise
    InfrastructureError unless every layer of the sandbox works here; without it, what is missing is
    logged as a warning. `measure=False` leaves the
    hashes and the thumbnail of results None, which saves about a millisecond a sample.
    """

    def __init__(
        self,
        limits: RenderLimits | None = None,
        workers: int | None = None,
        output: Literal["png", "pixels"] = "png",
        require_sandbox: bool = False,
        measure: bool = True,
    ) -> None:
        if output not in ("png", "pixels"):
            raise ValueError(f"received output={output!r}; allowed are 'png' and 'pixels'")
        if workers is not None and workers < 1:
            raise ValueError(f"received workers={workers}; at least 1 is needed, or None for one per CPU")
        self.limits = limits or RenderLimits()
        self.workers = workers or len(os.sched_getaffinity(0))
        self._output = output
        self._measure = measure
        self._require_sandbox = require_sandbox
        self._layers: tuple[str, ...] = ()
        self._supervisor: Supervisor | None = None
        self._owner = 0  # the process that opened it

    def __enter__(self) -> Self:
        layers = probe()
        self._layers = tuple(layer.name for layer in layers if layer.available)
        if self._require_sandbox:
            require_every_layer(layers)
        elif lacking := describe_lacking(layers):
            logger.warning("SAMPLES RUN WITH FEWER LAYERS OF SANDBOX: missing here: %s", lacking)
        limits = self.limits
        supervisor = Supervisor(
            self.workers,
            self._start_worker,
            (limits.wall_seconds, limits.cpu_seconds, limits.memory_mb << 20),
        )
        supervisor.start()
        self._supervisor, self._owner = supervisor, os.getpid()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every worker. Samples not done are delivered as failed to whoever still waits.

        In a fork of the process that opened it, the engine stays open there.
        """
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None and self._owner == os.getpid():
            supervisor.stop()

    def submit(self, request: RenderRequest, deliver: Callable[[Job, RenderResult], None]) -> Job:
        """Queue one request; `deliver` gets its result, once, in the engine's thread: it must not block.

        No backpressure: the caller bounds what is in flight. A job whose `abandoned` is set delivers
        nothing. Raises RuntimeError on a closed engine.
        """
        if self._supervisor is None:
            raise RuntimeError("the engine is not open: use it as `with RenderEngine() as engine:`")
        if self._owner != os.getpid():
            raise RuntimeError(
                f"this engine belongs to process {self._owner}, of which this one ({os.getpid()}) is a fork: "
                "threads do not survive a fork, so open another engine here"
            )
        job = Job(request, deliver)
        problem = why_unsupported(request.language)
        if problem:
            deliver(job, rejected(request, Reason.RENDER_UNSUPPORTED, problem))
        else:
            renderer = LANGUAGES[request.language].renderer()
            if renderer.hand_over is not None:
                job.handed_over = renderer.hand_over(request.code)
            if renderer.affinity is not None:
                job.affinity = renderer.affinity(request.code)
            fingerprint(request.language)  # reads versions once: here, not in the engine's thread
            self._supervisor.submit(job)
        return job

    def render(
        self, requests: Iterable[RenderRequest], abandoned: threading.Event | None = None
    ) -> Iterator[RenderResult]:
        """Yield one result per request, in the order they finish.

        `requests` is pulled lazily: at most four per worker are in flight. Any number of threads may
        each iterate a call of their own. Leaving early gives up what is in flight, and so does setting
        `abandoned`, also while this waits. Raises RuntimeError on a closed engine.
        """
        done: queue.SimpleQueue[tuple[Job, RenderResult]] = queue.SimpleQueue()
        in_flight: dict[int, Job] = {}
        window = IN_FLIGHT_PER_WORKER * self.workers
        source = iter(requests)
        exhausted = False
        try:
            while True:
                while len(in_flight) < window and not exhausted:
                    try:
                        request = next(source)
                    except StopIteration:
                        exhausted = True
                        break
                    job = self.submit(request, lambda job, result: done.put((job, result)))
                    in_flight[id(job)] = job
                if not in_flight:
                    return
                while True:
                    if abandoned is not None and abandoned.is_set():
                        return
                    try:
                        job, result = done.get(timeout=None if abandoned is None else _LOOK_SECONDS)
                        break
                    except queue.Empty:
                        continue
                del in_flight[id(job)]
                yield result
        finally:
            for job in in_flight.values():
                job.abandoned = True

    def render_one(self, code: str, language: str) -> RenderResult:
        """Render one program and wait for it. Raises RuntimeError on a closed engine."""
        return next(self.render([RenderRequest("", language, code)]))

    def worker_processes(self) -> list[int]:
        """Return the process ids at the roots of the workers' process trees, for tests and reports."""
        return [] if self._supervisor is None else self._supervisor.worker_processes()

    def _start_worker(self, language: str) -> WorkerHandle:
        workspace = ""  # in namespaces a worker mounts its own
        if "namespaces" not in self._layers:
            # Only named here: the guard makes it, and removes it even when this process is killed.
            workspace = str(Path(tempfile.gettempdir(), f"vincicoder-render-{secrets.token_hex(8)}"))
        configuration = WorkerConfiguration(
            language=language,
            limits=self.limits,
            output=self._output,
            measure=self._measure,
            layers=self._layers,
            scratch_mb=LANGUAGES[language].scratch_mb,
            workspace=workspace,
            control_descriptor=-1,
            lifeline_descriptor=-1,
        )
        return WorkerHandle(configuration, max_payload=self.limits.max_pixels * 4 + (1 << 20))
