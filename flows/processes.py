"""Shards in some processes of this machine, each with a render engine of its own.

One interpreter reads, compares and stores what about six cores draw, not more. So where there are more cores,
shards run in processes beside the driver's, one for each `CORES_A_PROCESS` cores, two shards at a time in
each. They are started as they are needed, and end with the driver.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import resource
import secrets
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.managers import BaseManager
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.shard_process import Done, Sender, Sent, die_with, log_to_the_driver, run_task
from storage.outputs import StageOutput, note_whole
from storage.stores.fetched import share_scratch
from tasks.sft.engine import engine_scope
from tasks.stage import BuildStoppedError, stop_if_asked
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prefect import Task

    from storage.home import Home

logger = logging.getLogger("vincicoder")

CORES_A_PROCESS = 4
SHARDS_A_PROCESS = 2
_TRIES = 3  # of a shard whose process was killed
_END_SECONDS = 10.0
_OPEN_FILES = 65_536
_CUT = (EOFError, ConnectionError)


class ShardKilledError(UserError):
    """A shard's process was killed, and so were those that tried it again."""


class _Runner:
    """Lives in a process of its own; each of its callers has a thread there."""

    def run(self, module: str, name: str, arguments: Mapping[str, Any], cores: int) -> Done:
        return run_task(module, name, arguments, cores)


class _Manager(BaseManager):
    """A process with a runner."""

    if TYPE_CHECKING:

        def runner(self) -> _Runner: ...


_Manager.register("runner", _Runner, exposed=["run"])


@dataclass(eq=False, slots=True)
class _Process:
    manager: _Manager
    runner: _Runner
    busy: int = 0


@dataclass(frozen=True)
class _SentMemory(Sent):
    """An argument, pickled in memory of the driver that processes read as a file: nothing is left of it when
    the driver is killed."""

    driver: int
    descriptor: int

    def value(self) -> Any:
        return pickle.loads(Path(f"/proc/{self.driver}/fd/{self.descriptor}").read_bytes())


class Processes:
    """Some processes, started when all that run have enough to do. Safe to use from many threads."""

    def __init__(self, cores: int, processes: int | None = None) -> None:
        self._count = processes or processes_for(cores)
        self._cores = -(-cores // self._count)
        self._lock = threading.Condition()
        self._processes: list[_Process] = []
        self._memory: list[int] = []  # descriptors of what was sent
        self._sender = Sender(self._to_memory)
        self._ended = False
        _allow_many_files()
        # The kernel ends a process of ours when the thread that started it ends: this one stays.
        self._starter = ThreadPoolExecutor(1, "starts-processes")

    def run(self, module: str, name: str, arguments: Mapping[str, Any]) -> Done:
        """Run a shard's task in one of them; where it is killed, again in another. Waits for a place."""
        sent = self._sender.sent(arguments)
        for _ in range(_TRIES):
            process: _Process | None = None
            try:
                process = self._take()
                return process.runner.run(module, name, sent, self._cores)
            except _CUT:  # the process was killed, perhaps before it had started
                if process is not None:
                    self._lose(process)
            finally:
                if process is not None:
                    self._give_back(process)
        return Done(
            error=ShardKilledError(
                f"the processes that ran this shard, or one beside it, were killed ({_TRIES} of them): is "
                "there too little memory? Fewer --workers or smaller shards (--shard-rows) take less"
            )
        )

    def _take(self) -> _Process:
        with self._lock:
            while True:
                if self._ended:
                    raise BuildStoppedError("the build was stopped")
                least = min(self._processes, key=lambda one: one.busy, default=None)
                if least is None or (least.busy and len(self._processes) < self._count):
                    least = self._starter.submit(_started, self._count).result()
                    self._processes.append(least)
                if least.busy < SHARDS_A_PROCESS:
                    least.busy += 1
                    return least
                self._lock.wait(1.0)

    def _give_back(self, process: _Process) -> None:
        with self._lock:
            process.busy -= 1
            self._lock.notify_all()

    def _lose(self, process: _Process) -> None:
        with self._lock:
            if self._ended:
                raise BuildStoppedError("the build was stopped")
            if process in self._processes:
                self._processes.remove(process)
                logger.warning("a process that ran shards was killed: they run in another")
                process.manager.shutdown()

    def end(self) -> None:
        """End them: those that do nothing take their leave, and remove their scratch files; the others, and
        what they run, are killed."""
        with self._lock:
            self._ended = True
            processes, self._processes = self._processes, []
            self._lock.notify_all()
            idle = [process for process in processes if not process.busy]
        _end([process.manager for process in idle])
        self._starter.shutdown()  # with this thread those end that it started
        _end([process.manager for process in processes if process not in idle])
        while self._memory:
            os.close(self._memory.pop())

    def _to_memory(self, value: Any) -> _SentMemory:
        descriptor = os.memfd_create("shared")
        self._memory.append(descriptor)
        with open(descriptor, "wb", closefd=False) as stream:
            pickle.dump(value, stream, pickle.HIGHEST_PROTOCOL)
        return _SentMemory(os.getpid(), descriptor)


class ProcessPlace:
    """Runs shards in processes of this machine; see `flows.runners.Place`."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def begin(self, home: Home, languages: Sequence[str]) -> None:
        """There is nothing to get ready."""

    def function(self, task: Task[..., StageOutput]) -> Callable[..., StageOutput]:
        module, name = task.fn.__module__, task.fn.__name__

        def call(**arguments: Any) -> StageOutput:
            home: Home = arguments["home"]
            stop_if_asked(home)
            output: StageOutput = self._processes.run(module, name, arguments).result()
            note_whole(home, output)
            return output

        return call


@contextmanager
def process_place(cores: int) -> Iterator[ProcessPlace]:
    """Yield a place with processes for these cores; all end when it is left."""
    processes = Processes(cores)
    try:
        yield ProcessPlace(processes)
    finally:
        processes.end()


def processes_for(cores: int) -> int:
    """Return how many processes so many cores need."""
    return max(-(-cores // CORES_A_PROCESS), 1)


def _end(managers: Sequence[_Manager]) -> None:
    with ThreadPoolExecutor(max(len(managers), 1)) as ending:
        list(ending.map(lambda manager: manager.shutdown(), managers))


def _allow_many_files() -> None:
    """Each thread that waits for a shard has a socket to each process: thousands where cores are many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _started(processes: int) -> _Process:
    address = f"\0vincicoder-{secrets.token_hex(8)}"  # of no file, so that nothing is left of what is killed
    context = multiprocessing.get_context("spawn")
    manager = _Manager(address, ctx=context, shutdown_timeout=_END_SECONDS)
    manager.start(_begin, (os.getpid(), processes))
    return _Process(manager, manager.runner())


def _begin(parent: int, processes: int) -> None:
    """In the new process, one of so many, before it serves."""
    die_with(parent)
    share_scratch(processes)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver, which ends this
    log_to_the_driver()
    scope = engine_scope()
    scope.__enter__()
    Finalize(None, scope.__exit__, (None, None, None), exitpriority=0)
