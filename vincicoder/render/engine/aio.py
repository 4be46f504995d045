"""The engine's front for asyncio."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Literal, Self

from vincicoder.render.api import RenderLimits, RenderRequest, RenderResult
from vincicoder.render.engine.engine import IN_FLIGHT_PER_WORKER, RenderEngine
from vincicoder.render.engine.handle import Job
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.registry import why_unsupported


class AsyncRenderEngine:
    """`RenderEngine` for coroutines: `async with AsyncRenderEngine() as engine:`. The arguments are the same.

    Opening, closing and what is slow about a language's first request happen in threads: the event loop
    is never held up. To be used from the one loop in which it was opened.
    """

    def __init__(
        self,
        limits: RenderLimits | None = None,
        workers: int | None = None,
        output: Literal["png", "pixels"] = "png",
        require_sandbox: bool = False,
        measure: bool = True,
    ) -> None:
        self.engine = RenderEngine(limits, workers, output, require_sandbox, measure)
        self._window = IN_FLIGHT_PER_WORKER * self.engine.workers
        self._places = asyncio.Semaphore(self._window)  # for `render_one`
        self._ready: set[str] = set()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.engine.__enter__)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.engine.close)

    async def render(
        self, requests: Iterable[RenderRequest] | AsyncIterable[RenderRequest]
    ) -> AsyncIterator[RenderResult]:
        """Yield one result per request, in the order they finish.

        `requests` is pulled lazily: at most four per worker are in flight, counting results that were not
        taken yet. Where a pull may wait, give an asynchronous iterable: a plain one is pulled in the event
        loop. An error of the iterable is raised here at once. Leaving early, by cancellation too, abandons
        what is in flight; after a `break` that is when the generator is closed (`contextlib.aclosing`).
        Raises RuntimeError on a closed engine.
        """
        done: asyncio.Queue[tuple[Job, RenderResult] | None] = asyncio.Queue()
        places = asyncio.Semaphore(self._window)
        in_flight: dict[int, Job] = {}

        async def feed() -> None:
            source = _asynchronous(requests)
            try:
                while True:
                    await places.acquire()
                    try:
                        request = await anext(source)
                    except StopAsyncIteration:
                        return
                    job = await self._submit(request, lambda job, result: done.put_nowait((job, result)))
                    in_flight[id(job)] = job
            finally:
                done.put_nowait(None)

        feeder = asyncio.create_task(feed())
        fed = False
        try:
            while in_flight or not fed:
                item = await done.get()
                if item is None:
                    fed = True
                    await feeder  # raises what stopped it
                    continue
                job, result = item
                del in_flight[id(job)]
                places.release()
                yield result
        finally:
            feeder.cancel()
            for job in in_flight.values():
                job.abandoned = True
            await asyncio.gather(feeder, return_exceptions=True)

    async def render_one(self, request: RenderRequest) -> RenderResult:
        """Return one request's result. Any number of calls may wait at once: four per worker are in flight.

        A cancelled call abandons its request. Raises RuntimeError on a closed engine.
        """
        answer: asyncio.Future[RenderResult] = asyncio.get_running_loop().create_future()

        def settle(_: Job, result: RenderResult) -> None:
            if not answer.done():
                answer.set_result(result)

        async with self._places:
            job = await self._submit(request, settle)
            try:
                return await answer
            finally:
                job.abandoned = True

    async def _submit(self, request: RenderRequest, deliver: Callable[[Job, RenderResult], None]) -> Job:
        """Queue a request; `deliver` is called in the event loop, never before this has returned."""
        if request.language not in self._ready:
            await asyncio.to_thread(_make_ready, request.language)
            self._ready.add(request.language)
        loop = asyncio.get_running_loop()

        def deliver_in_loop(job: Job, result: RenderResult) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(deliver, job, result)

        return self.engine.submit(request, deliver_in_loop)


def _make_ready(language: str) -> None:
    """Import a language's renderer and read its versions: seconds, the first time in a process."""
    if not why_unsupported(language):
        fingerprint(language)


async def _asynchronous(
    requests: Iterable[RenderRequest] | AsyncIterable[RenderRequest],
) -> AsyncIterator[RenderRequest]:
    if isinstance(requests, AsyncIterable):
        async for request in requests:
            yield request
    else:
        for request in requests:
            yield request
