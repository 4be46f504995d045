"""Which requests the reward service accepts, how long it waits for them, and when it drops them."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import Response

from vincicoder.reward.stream import AbandonedError

Work = Callable[[bytes, threading.Event], Response]
"""Answers a body, in a thread; stops early with AbandonedError once the event is set."""


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """What is taken in at once: `running` batches are scored, `waiting` more may wait. `body_bytes` of one
    request, `held_bytes` of all; a request must be whole after `receive_seconds`."""

    running: int = 16
    waiting: int = 256
    body_bytes: int = 64 << 20
    held_bytes: int = 1 << 30
    receive_seconds: float = 60.0
    retry_after_seconds: int = 2
    shutdown_seconds: int = 20

    @classmethod
    def for_workers(cls, workers: int | None) -> Self:
        """Return the limits of a service: trainers that ask for single rows must keep all workers busy."""
        return cls(running=max(16, 4 * (workers or len(os.sched_getaffinity(0)))))


class FullError(Exception):
    """As many requests as are allowed wait already."""


class TooLargeError(Exception):
    """A body over the limit."""


class Admission:
    """Takes in requests within its limits and has them answered in threads of its own.

    All methods are called in the event loop; the counts may be read anywhere.
    """

    def __init__(self, limits: ServiceLimits) -> None:
        self.limits = limits
        self.refused = 0
        self.abandoned = 0
        self.running = 0
        self._admitted = 0
        self._held_bytes = 0
        self._counting = threading.Lock()  # of `running`, which the threads count
        self._threads = ThreadPoolExecutor(limits.running, "reward-request")
        self._open: set[threading.Event] = set()

    @property
    def waiting(self) -> int:
        """Requests that are taken in and not being scored: they arrive, or wait for a thread."""
        return max(0, self._admitted - self.running)

    async def answer(self, request: Request, work: Work) -> Response:
        """Take a request in, read it and return its answer.

        Raises FullError, TooLargeError, TimeoutError (not whole in time), and AbandonedError or
        ClientDisconnect when the client goes first: what was begun for it is given up then.
        """
        if self._admitted >= self.limits.running + self.limits.waiting:
            self.refused += 1
            await self._receive(request, None)
            raise FullError(f"{self._admitted} requests wait already; try again later")
        self._admitted += 1
        body = bytearray()
        try:
            if not await self._receive(request, body):
                self.refused += 1
                raise FullError(f"requests of {self._held_bytes} bytes wait already; try again later")
            if len(body) > self.limits.body_bytes:
                raise TooLargeError(
                    f"the request has over {self.limits.body_bytes} bytes: send fewer rows at once"
                )
            return await self._answer(request, work, bytes(body))
        finally:
            self._held_bytes -= len(body)
            self._admitted -= 1

    def close(self) -> None:
        """Give up all that runs or waits."""
        for abandoned in self._open:
            abandoned.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _receive(self, request: Request, body: bytearray | None) -> bool:
        """Read a request into `body`, up to the first byte too many; return whether it fits beside others.

        What is not wanted is read and dropped: a client that is still sending would not see the answer.
        """
        fits = body is not None
        async with asyncio.timeout(self.limits.receive_seconds):
            async for chunk in request.stream():
                if body is None or not fits:
                    continue
                kept = chunk[: self.limits.body_bytes + 1 - len(body)]
                fits = self._held_bytes + len(kept) <= self.limits.held_bytes
                if fits:
                    body += kept
                    self._held_bytes += len(kept)
        return fits

    async def _answer(self, request: Request, work: Work, body: bytes) -> Response:
        abandoned = threading.Event()

        def run() -> Response:
            with self._counted():
                return work(body, abandoned)

        self._open.add(abandoned)
        answer = asyncio.get_running_loop().run_in_executor(self._threads, run)
        gone = asyncio.create_task(_gone(request))
        either: list[asyncio.Future[Any]] = [answer, gone]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            self.abandoned += 1
            raise AbandonedError("the client has gone")
        finally:
            abandoned.set()
            answer.cancel()  # one that has not begun never does
            gone.cancel()
            self._open.discard(abandoned)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self.running += 1
        try:
            yield
        finally:
            with self._counting:
                self.running -= 1


async def _gone(request: Request) -> None:
    """Return when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
