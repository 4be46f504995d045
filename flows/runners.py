"""Two ways to run the same shard tasks: under Prefect, or directly with no server at all.

Either runs them here, or at a place that it is given: some processes of this machine (`flows/processes.py`),
or the nodes of a cluster (`flows/cluster/`).
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from prefect.exceptions import TerminationSignal
from prefect.futures import as_completed as as_prefect_completed
from prefect.states import Cancelled

from flows.cluster import SHARDS_WAITING
from flows.processes import SHARDS_A_PROCESS, process_place, processes_for
from flows.retries import with_retries
from storage.errors import HomeUnwritableError, why_unwritable
from storage.memory import give_back_memory
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from prefect import Task
    from prefect.task_runners import ThreadPoolTaskRunner

    from storage.home import Home
    from storage.outputs import StageOutput
    from vincicoder.config import BuildConfig

logger = logging.getLogger("vincicoder")


class ShardsFailedError(UserError):
    """Some shards could not be done, after retries. What is done is kept; running again resumes."""

    def __init__(self, stage: str, failures: Sequence[tuple[str, BaseException]], done: int) -> None:
        self.stage, self.failures, self.done = stage, list(failures), done
        listed = "; ".join(f"{name}: {type(error).__name__}: {error}" for name, error in self.failures[:5])
        super().__init__(
            f"stage {stage}: {len(self.failures)} of {len(self.failures) + done} shards failed ({listed}). "
            "Finished shards are kept: fix the cause and run the same command again"
        )


class Place(Protocol):
    """Where shards run that do not run in this process."""

    def begin(self, home: Home, languages: Sequence[str]) -> None:
        """Get ready for a build on a home that will draw these languages, or raise `UserError`."""
        ...

    def function(self, task: Task[..., StageOutput]) -> Callable[..., StageOutput]:
        """Return what runs one shard's task there and waits for it."""
        ...


class Runner(Protocol):
    """Runs a task once per call, reports each output as it comes, and returns all in the calls' order.

    `map` runs shards at the runner's place, if it has one; `run` always runs here, and gives back the memory
    that it took.
    """

    place: Place | None

    def map(
        self,
        task: Task[..., StageOutput],
        calls: Sequence[Mapping[str, Any]],
        on_done: Callable[[StageOutput], None],
    ) -> list[StageOutput]: ...

    def run(self, task: Task[..., Any], **arguments: Any) -> Any: ...


def shards_at_once(config: BuildConfig) -> int:
    """Return how many shards of a build are started at a time; on a cluster, more than run: they wait for a
    node, so that one which joins has something to do."""
    if config.engine == "ray":
        return SHARDS_WAITING
    count = processes_for(config.workers)
    return config.workers if count == 1 else SHARDS_A_PROCESS * count


@contextmanager
def build_place(config: BuildConfig) -> Iterator[Place | None]:
    """Yield where the shards of a build run; None is in this process. Raises `UserError`."""
    if config.engine == "local":
        if processes_for(config.workers) == 1:
            yield None
            return
        with process_place(config.workers) as place:
            yield place
        return
    from flows.cluster.place import ray_place  # Ray takes seconds to import

    model = config.refine.model
    sent = [model.api_key_variable] if model is not None and model.api_key_variable else []
    with ray_place(config.ray_address, sent) as cluster:
        yield cluster


class PrefectRunner:
    """Submits each call as a Prefect task run to `threads`; must be used inside a flow.

    `threads` says how many run at a time. Leave it after the place, if there is one: its threads may wait for
    that. When the run is cancelled, tasks that wait are not started, and those that run end as cancelled,
    whatever error the end of the engine gives them.
    """

    def __init__(self, threads: ThreadPoolTaskRunner[Any], place: Place | None = None) -> None:
        self._threads = threads
        self.place = place
        self._cancelled: BaseException | None = None

    def map(
        self,
        task: Task[..., StageOutput],
        calls: Sequence[Mapping[str, Any]],
        on_done: Callable[[StageOutput], None],
    ) -> list[StageOutput]:
        cancellable = self._cancellable(task, self.place)
        futures = {self._threads.submit(cancellable, dict(call)): number for number, call in enumerate(calls)}
        try:
            return _gather(task.name, calls, futures, as_prefect_completed(list(futures)), on_done)
        except TerminationSignal as signal:
            self._cancelled = signal
            for future in futures:
                future.wrapped_future.cancel()
            raise

    def run(self, task: Task[..., Any], **arguments: Any) -> Any:
        state = self._cancellable(task)(**arguments, return_state=True)
        give_back_memory()
        if self._cancelled is not None:
            raise self._cancelled
        return state.result()

    def _cancellable(self, task: Task[..., Any], place: Place | None = None) -> Task[..., Any]:
        """The task, with what it does when the run was cancelled: end as cancelled, not as failed."""
        work = place.function(task) if place is not None else task.fn

        @wraps(task.fn)
        def function(*values: Any, **named: Any) -> Any:
            try:
                if self._cancelled is None:
                    return work(*values, **named)
            except TerminationSignal as signal:
                self._cancelled = signal
            except Exception:
                if self._cancelled is None:
                    raise
            return Cancelled(message="the flow run was cancelled")

        cancellable = copy(task)
        cancellable.fn = function
        return cancellable


class DirectRunner:
    """Calls the tasks' functions in threads, `threads` at a time, with the same retries as under Prefect."""

    def __init__(self, threads: int, place: Place | None = None) -> None:
        self._threads = threads
        self.place = place

    def map(
        self,
        task: Task[..., StageOutput],
        calls: Sequence[Mapping[str, Any]],
        on_done: Callable[[StageOutput], None],
    ) -> list[StageOutput]:
        function = task.fn if self.place is None else self.place.function(task)
        pool = ThreadPoolExecutor(self._threads)
        try:
            futures = {pool.submit(with_retries, function, call): number for number, call in enumerate(calls)}
            return _gather(task.name, calls, futures, as_completed(futures), on_done)
        finally:  # nothing waits here but where a gathering was cut short: by Ctrl-C, or by a full disk
            pool.shutdown(wait=False, cancel_futures=True)

    def run(self, task: Task[..., Any], **arguments: Any) -> Any:
        try:
            return with_retries(task.fn, arguments)
        finally:
            give_back_memory()


def _gather(
    stage: str,
    calls: Sequence[Mapping[str, Any]],
    futures: Mapping[Any, int],
    finished: Any,
    on_done: Callable[[StageOutput], None],
) -> list[StageOutput]:
    """Let every shard finish, whatever happens to the others, but where nothing can be written any more.

    Raises `ShardsFailedError`; `HomeUnwritableError` at once.
    """
    outputs: dict[int, StageOutput] = {}
    failures: list[tuple[str, BaseException]] = []
    for future in finished:
        number = futures[future]
        try:
            outputs[number] = future.result()
        except Exception as error:
            why = why_unwritable(error)
            if isinstance(error, HomeUnwritableError):
                raise
            if why is not None:
                raise HomeUnwritableError(f"stage {stage} cannot write: {why}") from error
            call = calls[number]
            failures.append((f"{call['source']} {call['shard']:04d}", error))
            logger.error("%s %s: %s", stage, failures[-1][0], error)
        else:
            on_done(outputs[number])
    if failures:
        raise ShardsFailedError(stage, failures, len(outputs))
    return [outputs[number] for number in range(len(calls))]
