"""Gathers concurrent calls for single samples into batches, for trainers that ask one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from vincicoder.reward.breakdown import Breakdown, RewardError
from vincicoder.reward.items import RewardItem

_Waiting = tuple[RewardItem, "asyncio.Future[Breakdown]"]


class MicroBatcher:
    """One per event loop. Calls within `window_seconds` of the first, or `most` of them, are one batch.

    Batches run in threads, several at a time: a slow sample holds back its own batch only.
    """

    def __init__(
        self,
        score_batch: Callable[[Sequence[RewardItem]], list[Breakdown]],
        window_seconds: float = 0.05,
        most: int = 64,
    ) -> None:
        self._score_batch = score_batch
        self._window = window_seconds
        self._most = most
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def score(self, item: RewardItem) -> Breakdown:
        """Return the item's breakdown. Raises RewardError for this item alone, not for a neighbour."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Breakdown] = loop.create_future()
        self._waiting.append((item, future))
        if len(self._waiting) >= self._most:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(self._window, self._flush)
        return await future

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        if batch:
            task = asyncio.get_running_loop().create_task(self._run(batch))
            self._running.add(task)  # the loop itself keeps only a weak reference
            task.add_done_callback(self._running.discard)

    async def _run(self, batch: list[_Waiting]) -> None:
        outcomes: list[Breakdown | BaseException | None]
        try:
            outcomes = [*await asyncio.to_thread(self._score_batch, [item for item, _ in batch])]
        except RewardError as error:
            outcomes = [
                RewardError({0: error.failures[place]}, [None]) if breakdown is None else breakdown
                for place, breakdown in enumerate(error.breakdowns)
            ]
        except Exception as error:
            outcomes = [error] * len(batch)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue  # its caller has given up
            if isinstance(outcome, Breakdown):
                future.set_result(outcome)
            else:
                future.set_exception(outcome or RuntimeError("no outcome"))
