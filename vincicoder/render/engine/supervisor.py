"""The engine's one thread: hands samples to warm workers, watches deadlines, replaces dead workers."""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from itertools import count, islice

from vincicoder.render.api import RenderResult
from vincicoder.render.engine.affinity import LOOK_AHEAD, choose
from vincicoder.render.engine.handle import Job, WorkerHandle, WorkerState
from vincicoder.render.engine.results import (
    checked_seconds,
    failed,
    from_message,
    read_hand_over,
    rejected,
)
from vincicoder.render.processes import wall_left
from vincicoder.render.registry import LANGUAGES, why_unsupported
from vincicoder.render.wire import Message, WireError
from vincicoder.sample import Reason

# How often a long-running sample's process tree is measured. Short samples are never measured.
_WATCH_SECONDS = 0.25
# Renderers that end a sample themselves, at the wall limit, are cheaper than a new worker: leave them time.
DEADLINE_GRACE_SECONDS = 1.0
# Imports, browsers and TeX formats on a loaded machine; past this the start has failed.
_START_SECONDS = 180.0
_MEASURE_EVERY = 64  # samples between two looks at an idle worker's memory
_IDLE_MEMORY_MB = 2048  # a worker that keeps more than this between samples is replaced
_CRASH_SIGNALS = frozenset({4, 5, 6, 7, 8, 11, 31})  # ILL TRAP ABRT BUS FPE SEGV SYS
_ATTEMPTS = 2
# A sample that nobody waits for may run so long: most end sooner, and a new worker costs about as much.
_ABANDONED_SECONDS = 2.0


class Supervisor:
    """Owns the workers. `submit` and `abandon` may be called from any thread, the rest is its own."""

    def __init__(
        self,
        workers: int,
        start_worker: Callable[[str], WorkerHandle],
        limits_for_kill: tuple[float, float, int],
    ) -> None:
        self._limit = workers
        self._start_worker = start_worker
        self._wall_seconds, self._cpu_seconds, self._memory_bytes = limits_for_kill
        self._inbox: deque[Job] = deque()
        self._pending: dict[str, deque[Job]] = {language: deque() for language in LANGUAGES}
        self._workers: dict[str, list[WorkerHandle]] = {language: [] for language in LANGUAGES}
        self._arrivals = count()
        self._start_failures: dict[str, int] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)
        self._stopping = False
        self._closed = False
        self._lock = threading.Lock()  # guards `_closed` against `submit`
        self.failure: str = ""
        self._thread = threading.Thread(target=self._run, name="render-supervisor", daemon=True)

    def start(self) -> None:
        """Start the thread; workers start when there is work for them."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job of a supported language."""
        with self._lock:
            accepted = not self._closed
            if accepted:
                self._inbox.append(job)
        if accepted:
            self._wake()
        else:
            self._deliver(job, failed(job.request, self.failure or "the engine is closed"))

    def stop(self) -> None:
        """End every worker and the thread; jobs not done are delivered as failed."""
        self._stopping = True
        self._wake()
        self._thread.join()

    def worker_processes(self) -> list[int]:
        """Return the process ids of the workers' guards, for tests and reports."""
        return [worker.process.pid for workers in list(self._workers.values()) for worker in list(workers)]

    def _wake(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._wake_writer, b"w")

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._turn()
        except BaseException:
            self.failure = traceback.format_exc()
        finally:
            self._shut_down()

    def _turn(self) -> None:
        while self._inbox:
            job = self._inbox.popleft()
            job.arrival = next(self._arrivals)
            self._pending[job.language].append(job)
        self._dispatch()
        for key, events in self._selector.select(self._patience()):
            worker = key.data
            if worker is None:
                with contextlib.suppress(BlockingIOError):
                    while os.read(self._wake_reader, 4096):
                        pass
                continue
            if events & selectors.EVENT_WRITE:
                worker.flush()
                self._watch_socket(worker)
            if events & selectors.EVENT_READ:
                self._read(worker)
        self._check_limits()

    def _patience(self) -> float | None:
        """How long to sleep: for ever when nothing runs, else until the next look at the running."""
        return _WATCH_SECONDS if any(self._busy(language) for language in self._workers) else None

    # Handing out work

    def _busy(self, language: str) -> int:
        return sum(
            1 for worker in self._workers[language] if worker.jobs or worker.state is WorkerState.STARTING
        )

    def _dispatch(self) -> None:
        """Give waiting samples to workers: first the language with fewest busy, then who came first."""
        busy = {language: self._busy(language) for language in self._workers}
        while True:
            waiting = sorted(
                (language for language in self._pending if self._pending[language]),
                key=lambda name: (busy[name], self._pending[name][0].arrival),
            )
            for language in waiting:
                if self._place(language, sum(busy.values())):
                    busy[language] = self._busy(language)
                    break
            else:
                return

    def _place(self, language: str, busy_in_all: int) -> bool:
        """Try to hand one sample of a language to an idle, a new or (queueing) a busy worker."""
        queue = self._pending[language]
        while queue and queue[0].abandoned:
            queue.popleft()
        if not queue:
            return False
        workers = [worker for worker in self._workers[language] if worker.state is not WorkerState.LEAVING]
        if busy_in_all < self._limit:
            idle = [worker for worker in workers if worker.state is WorkerState.SERVING and not worker.jobs]
            free = idle or [self._open(language)]
            taken = [worker.familiar for worker in workers if worker not in free]
            looked_at = [job for job in islice(queue, LOOK_AHEAD) if not job.abandoned]
            position, place = choose(looked_at, [worker.familiar for worker in free], taken)
            job, worker = looked_at[position], free[place]
        else:
            depth = LANGUAGES[language].queue_depth
            others_wait = any(self._pending[other] for other in self._pending if other != language)
            room = [
                worker
                for worker in workers
                if worker.jobs and len(worker.jobs) < depth
                if worker.state is WorkerState.SERVING and not others_wait
            ]
            if not room:
                return False
            job, worker = queue[0], min(room, key=lambda candidate: len(candidate.jobs))
        queue.remove(job)
        worker.familiar.learn(job.affinity)
        worker.send(job)
        self._watch_socket(worker)
        return True

    def _open(self, language: str) -> WorkerHandle:
        worker = self._start_worker(language)
        self._workers[language].append(worker)
        self._selector.register(worker.socket, selectors.EVENT_READ, worker)
        return worker

    def _watch_socket(self, worker: WorkerHandle) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.wants_to_write else 0)
        if (
            worker in self._workers[worker.language]
            and self._selector.get_key(worker.socket).events != events
        ):
            self._selector.modify(worker.socket, events, worker)

    # What workers say

    def _read(self, worker: WorkerHandle) -> None:
        while True:
            try:
                frame = worker.receive()
            except EOFError:
                self._bury(worker, worker.reap(), "the worker died")
                return
            except WireError as error:
                self._bury(worker, worker.kill(), f"the worker sent nonsense: {error}")
                return
            if frame is None:
                return
            message, payload = frame
            kind = message.get("kind")
            if kind == "ready" and worker.state is WorkerState.STARTING:
                worker.state = WorkerState.SERVING
                self._start_failures.pop(worker.language, None)
                worker.begin_sample()
            elif kind == "result" and worker.jobs and worker.state is not WorkerState.STARTING:
                if not self._finish(worker, message, payload):
                    return
            else:  # unready, broken, or nonsense
                worker.kill()
                self._bury(worker, -1, str(message.get("detail", "the worker broke the protocol")))
                return

    def _finish(self, worker: WorkerHandle, message: Message, payload: bytearray) -> bool:
        """Deliver a result; return whether the worker can go on."""
        job = worker.jobs[0]
        result: RenderResult | None = None
        try:
            if "hand_over" in message:
                self._hand_over(job, message, payload)
            else:
                result = from_message(job, worker.configuration, message, payload)
        except (KeyError, TypeError, ValueError) as error:
            self._bury(worker, worker.kill(), f"the worker sent a malformed result: {error!r}")
            return False
        worker.jobs.popleft()
        if result is not None:
            self._deliver(job, result)
        worker.begin_sample()
        worker.rendered += 1
        if worker.state is WorkerState.SERVING and self._is_worn(worker):
            worker.leave()
        return True

    def _hand_over(self, job: Job, message: Message, payload: bytearray) -> None:
        """Queue a job for the second worker, before all that have not begun: it is half done."""
        page = read_hand_over(job, message, payload)
        seconds, cpu_seconds = checked_seconds(message["seconds"]), checked_seconds(message["cpu_seconds"])
        problem = why_unsupported(page.language)
        if problem:
            detail = f"{problem}; needed for {', '.join(page.notes)}" if page.notes else problem
            self._deliver(job, rejected(job.request, Reason.RENDER_UNSUPPORTED, detail, seconds, page.notes))
            return
        job.handed_over = page
        job.seconds, job.cpu_seconds = seconds, cpu_seconds
        job.deaths.clear()
        self._pending[page.language].appendleft(job)

    def _is_worn(self, worker: WorkerHandle) -> bool:
        if worker.rendered >= LANGUAGES[worker.language].recycle_after:
            return True
        if worker.rendered % _MEASURE_EVERY:
            return False
        return worker.measure_use().memory_bytes > _IDLE_MEMORY_MB << 20

    def _deliver(self, job: Job, result: RenderResult) -> None:
        if not job.abandoned:
            job.deliver(job, result)

    # What workers suffer

    def _check_limits(self) -> None:
        now = time.monotonic()
        for workers in list(self._workers.values()):
            for worker in list(workers):
                if worker.state is WorkerState.STARTING:
                    if now - worker.since > _START_SECONDS:
                        self._bury(
                            worker, worker.kill(), f"the worker was not ready after {_START_SECONDS:.0f} s"
                        )
                elif worker.jobs and now - worker.looked_at > _WATCH_SECONDS:
                    worker.looked_at = now  # not whenever another worker says something
                    self._check_sample(worker)

    def _check_sample(self, worker: WorkerHandle) -> None:
        job = worker.jobs[0]
        if job.abandoned and time.monotonic() - worker.since > _ABANDONED_SECONDS:
            worker.kill()
            worker.jobs.popleft()
            self._forget(worker)
            return
        use = worker.measure_use()
        cpu_seconds = worker.cpu.read(use.cpu_seconds, time.monotonic())
        worker.queueing.look(use.queued_seconds)
        allowed = self._memory_bytes + (_IDLE_MEMORY_MB << 20)  # what the worker kept is not the sample's
        wall_seconds, began = self._wall_seconds + DEADLINE_GRACE_SECONDS, worker.since - job.seconds
        if wall_left(wall_seconds, began, worker.queueing.seconds) < 0:
            self._execute(worker, Reason.RENDER_TIMEOUT, f"over {self._wall_seconds:g} s of wall time")
            return
        if cpu_seconds + job.cpu_seconds > self._cpu_seconds:
            self._execute(worker, Reason.RENDER_TIMEOUT, f"over {self._cpu_seconds:g} s of CPU time")
        elif use.memory_bytes > allowed:
            used = use.memory_bytes >> 20
            self._execute(
                worker, Reason.RENDER_OUT_OF_MEMORY, f"{used} MB of memory in the worker's processes"
            )
        elif worker.fills_the_disk():
            self._execute(
                worker, Reason.RENDER_OUTPUT_LIMIT, "wrote more than the output limit, in all files"
            )

    def _execute(self, worker: WorkerHandle, reason: Reason, detail: str) -> None:
        """Kill a worker for what its running sample does, and reject that sample."""
        seconds = time.monotonic() - worker.since
        worker.kill()
        job = worker.jobs.popleft()
        self._forget(worker)
        self._deliver(job, rejected(job.request, reason, detail, job.seconds + seconds, job.notes))

    def _bury(self, worker: WorkerHandle, code: int, detail: str) -> None:
        """A worker has died by itself: retry its running sample once, or fail it."""
        starting = worker.state is WorkerState.STARTING
        if worker.jobs:
            job = worker.jobs.popleft()
            job.deaths.append(code)
            if len(job.deaths) < _ATTEMPTS:
                self._pending[job.language].appendleft(job)
            elif not starting and all(death - 128 in _CRASH_SIGNALS for death in job.deaths):
                self._deliver(
                    job,
                    rejected(job.request, Reason.RENDER_CRASHED, f"crashed its process: signal {code - 128}"),
                )
            else:
                self._deliver(
                    job, failed(job.request, f"{detail} (exit code {code}); tried {_ATTEMPTS} times")
                )
        self._forget(worker)

    def _forget(self, worker: WorkerHandle) -> None:
        """Drop a dead worker; samples that only waited in it go back to the front of the queue."""
        self._pending[worker.language].extendleft(reversed(worker.jobs))
        worker.jobs.clear()
        self._workers[worker.language].remove(worker)
        for key in list(self._selector.get_map().values()):
            if key.data is worker:
                self._selector.unregister(key.fileobj)

    def _shut_down(self) -> None:
        everyone = [worker for workers in self._workers.values() for worker in workers]
        for worker in everyone:
            worker.process.terminate()
        left = [job for worker in everyone for job in worker.jobs]
        for worker in everyone:
            worker.reap()
        self._workers = {language: [] for language in LANGUAGES}
        self._selector.close()
        left += [job for queue in self._pending.values() for job in queue]
        detail = self.failure or "the engine was closed before this sample was done"
        with self._lock:
            self._closed = True
        while left or self._inbox:
            job = left.pop() if left else self._inbox.popleft()
            self._deliver(job, failed(job.request, detail))
        os.close(self._wake_reader)
        os.close(self._wake_writer)
