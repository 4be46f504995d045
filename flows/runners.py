"""Two ways to run the same shard tasks: under Prefect, or directly with no server at all."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, as_completed
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

from prefect.exceptions import TerminationSignal
from prefect.futures import as_completed as as_prefect_completed
from prefect.states import Cancelled

from storage.errors import HomeUnwritableError, why_unwritable
from tasks.stage import TASK_OPTIONS, is_retryable
from vincicoder.retrying import retry
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from prefect import Task

    from storage.outputs import StageOutput

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


class Runner(Protocol):
    """Runs a task once per call, reports each output as it comes, and returns all in the calls' order."""

    def map(
        self,
        task: Task[..., StageOutput],
        calls: Sequence[Mapping[str, Any]],
        on_done: Callable[[StageOutput], None],
    ) -> list[StageOutput]: ...

    def run(self, task: Task[..., Any], **arguments: Any) -> Any: ...


class PrefectRunner:
    """Submits each call as a Prefect task run; must be used inside a flow.

    When the run is cancelled, tasks that wait are not started, and those that run end as cancelled, whatever
    error the end of the engine gives them.
    """

    def __init__(self) -> None:
        self._cancelled: BaseException | None = None

    def map(
        self,
        task: Task[..., StageOutput],
        calls: Sequence[Mapping[str, Any]],
        on_done: Callable[[StageOutput], None],
    ) -> list[StageOutput]:
        cancellable = self._cancellable(task)
        futures = {cancellable.submit(**call): number for number, call in enumerate(calls)}
        try:
            return _gather(task.name, calls, futures, as_prefect_completed(list(futures)), on_done)
        except TerminationSignal as signal:
            self._cancelled = signal
            for future in futures:
                future.wrapped_future.cancel()
            raise

    def run(self, task: Task[..., Any], **arguments: Any) -> Any:
        state = self._cancellable(task)(**arguments, return_state=True)
        if self._cancelled is not None:
            raise self._cancelled
        return state.result()

    def _cancellable(self, task: Task[..., Any]) -> Task[..., Any]:
        """The task, with what it does when the run was cancelled: end as cancelled, not as failed."""

        @wraps(task.fn)
        def function(*values: Any, **named: Any) -> Any:
            try:
                if self._cancelled is None:
                    return task.fn(*values, **named)
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
    """Calls the tasks' functions in threads, with the same retries as under Prefect."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def map(
        self,
        task: Task[..., StageOutput],
        calls: Sequence[Mapping[str, Any]],
        on_done: Callable[[StageOutput], None],
    ) -> list[StageOutput]:
        pool = ThreadPoolExecutor(self._workers)
        try:
            futures = {pool.submit(_with_retries, task.fn, call): number for number, call in enumerate(calls)}
            return _gather(task.name, calls, futures, as_completed(futures), on_done)
        finally:  # nothing waits here but where a gathering was cut short: by Ctrl-C, or by a full disk
            pool.shutdown(wait=False, cancel_futures=True)

    def run(self, task: Task[..., Any], **arguments: Any) -> Any:
        return _with_retries(task.fn, arguments)


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


def _with_retries(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    def warn(error: Exception, seconds: float) -> None:
        logger.warning("%s: trying again in %d s", error, seconds)

    return retry(lambda: function(**arguments), TASK_OPTIONS["retry_delay_seconds"], is_retryable, warn)
