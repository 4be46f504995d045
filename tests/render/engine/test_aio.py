"""The asyncio front: the engine's own results, bounded, cancellable, and never a held-up loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from vincicoder.render import RenderEngine, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.engine.aio import AsyncRenderEngine
from vincicoder.render.engine.handle import Job
from vincicoder.sample import Reason

CIRCLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">'
    '<circle cx="90" cy="90" r="{}" fill="teal"/></svg>'
)
SLEEP = RenderRequest("sleep", "python", "import time\ntime.sleep(2)")


def circle(number: int) -> RenderRequest:
    return RenderRequest(f"c{number}", "svg", CIRCLE.format(number + 1))


def timeless(result: RenderResult) -> RenderResult:
    return replace(result, seconds=0.0)


REQUESTS = [
    *(circle(number) for number in range(12)),
    RenderRequest("broken", "svg", "<svg"),
    RenderRequest("unknown", "cobol", "DISPLAY"),
]


@pytest.fixture(scope="module")
def expected() -> dict[str, RenderResult]:
    with RenderEngine(workers=1) as engine:
        results = {result.request_id: timeless(result) for result in engine.render(REQUESTS)}
    assert len(results) == len(REQUESTS)
    return results


async def plain(engine: AsyncRenderEngine) -> list[RenderResult]:
    return [result async for result in engine.render(REQUESTS)]


async def asynchronous(engine: AsyncRenderEngine) -> list[RenderResult]:
    async def requests() -> AsyncIterator[RenderRequest]:
        for request in REQUESTS:
            await asyncio.sleep(0)
            yield request

    return [result async for result in engine.render(requests())]


async def one_by_one(engine: AsyncRenderEngine) -> list[RenderResult]:
    return await asyncio.gather(*(engine.render_one(request) for request in REQUESTS))


@pytest.mark.parametrize("way", [plain, asynchronous, one_by_one])
def test_the_results_are_those_of_the_engine(way: object, expected: dict[str, RenderResult]) -> None:
    async def main() -> list[RenderResult]:
        async with AsyncRenderEngine(workers=1) as engine:
            return await way(engine)  # type: ignore[operator, no-any-return]

    results = asyncio.run(main())
    assert len(results) == len(REQUESTS)
    assert {result.request_id: timeless(result) for result in results} == expected
    assert expected["c0"].status is RenderStatus.RENDERED
    assert expected["broken"].reason is Reason.RENDER_ERROR
    assert expected["unknown"].reason is Reason.RENDER_UNSUPPORTED


def test_at_most_four_requests_per_worker_are_in_flight() -> None:
    async def main() -> tuple[int, int]:
        pulled = taken = most = 0

        def requests() -> Iterator[RenderRequest]:
            nonlocal pulled, most
            for number in range(30):
                pulled += 1
                most = max(most, pulled - taken)
                yield circle(number)

        async with AsyncRenderEngine(workers=1) as engine:
            async for _ in engine.render(requests()):
                await asyncio.sleep(0.01)  # a slow reader: what is rendered waits for it, and counts
                taken += 1
        return taken, most

    taken, most = asyncio.run(main())
    assert taken == 30
    # Four in flight, and the one in the reader's hands.
    assert most == 5


def test_results_come_while_the_source_waits_for_its_next_request() -> None:
    async def main() -> list[str]:
        answered = asyncio.Event()
        seen = []

        async def requests() -> AsyncIterator[RenderRequest]:
            yield circle(0)
            await answered.wait()
            yield circle(1)

        async with AsyncRenderEngine(workers=1) as engine:
            async for result in engine.render(requests()):
                seen.append(result.request_id)
                answered.set()
        return seen

    assert asyncio.run(main()) == ["c0", "c1"]


def test_cancelling_abandons_what_waits_and_the_engine_serves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs: list[Job] = []
    original = RenderEngine.submit

    def submit(*arguments: Any) -> Job:
        jobs.append(original(*arguments))
        return jobs[-1]

    monkeypatch.setattr(RenderEngine, "submit", submit)

    async def cancel_when(condition: Callable[[], bool], task: asyncio.Task[Any]) -> None:
        while not condition():
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def main() -> RenderResult:
        async with AsyncRenderEngine(workers=1) as engine:
            waiting = asyncio.create_task(engine.render_one(SLEEP))
            await cancel_when(lambda: len(jobs) == 1, waiting)
            assert [job.abandoned for job in jobs] == [True]

            async def read() -> None:
                async for _ in engine.render([SLEEP] * 8):
                    pass

            reading = asyncio.create_task(read())
            await cancel_when(lambda: len(jobs) == 5, reading)
            assert [job.abandoned for job in jobs] == [True] * 5

            async with aclosing(engine.render(circle(number) for number in range(50))) as results:
                async for result in results:  # noqa: B007 (used after the loop)
                    break
            left = [job for job in jobs[5:] if job.request.request_id != result.request_id]
            assert len(left) >= 3
            assert all(job.abandoned for job in left)
            return await engine.render_one(circle(3))

    assert asyncio.run(main()).status is RenderStatus.RENDERED


def test_an_error_of_the_source_is_raised() -> None:
    async def main() -> None:
        def requests() -> Iterator[RenderRequest]:
            yield circle(0)
            raise LookupError("no more")

        async with AsyncRenderEngine(workers=1) as engine:
            async for _ in engine.render(requests()):
                pass

    with pytest.raises(LookupError, match="no more"):
        asyncio.run(main())


def test_a_closed_engine_says_so() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        asyncio.run(AsyncRenderEngine(workers=1).render_one(circle(0)))
