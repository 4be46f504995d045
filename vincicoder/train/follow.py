"""Follows a running trainer: what is read of it goes to those who keep or show it, and no error of theirs
reaches the trainer."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from vincicoder.train.metrics import LoggedMetric

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0

logger = logging.getLogger("vincicoder")

Sink = Callable[[list[LoggedMetric]], None]


class MetricsSource(Protocol):
    """Something that a running trainer adds numbers to."""

    def read_new(self) -> list[LoggedMetric]:
        """Return those since the last call. What it raises loses nothing: the next call reads on."""
        ...


class Guarded:
    """Calls what watches a trainer. An error is logged and counted by what was done, never raised.

    It is logged when it comes first, and whenever its number has doubled: a trainer runs for weeks.
    """

    def __init__(self) -> None:
        self.errors: Counter[str] = Counter()

    def call(self, what: str, action: Callable[[], object]) -> bool:
        """Return whether `action` ended well. KeyboardInterrupt and SystemExit pass."""
        try:
            action()
        except Exception as error:
            self.errors[what] += 1
            count = self.errors[what]
            if count & (count - 1) == 0:
                logger.warning(
                    "%s failed (%s: %s; %d times so far); the trainer goes on, and it is tried again",
                    what, type(error).__name__, error, count,
                )  # fmt: skip
            return False
        return True


class _Delivery:
    """What one sink has not taken yet: the newest value of each step and name."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.waiting: dict[tuple[int, str], float] = {}
        self.pause = _FIRST_PAUSE_SECONDS
        self.not_before = 0.0

    def metrics(self) -> list[LoggedMetric]:
        return [LoggedMetric(step, name, value) for (step, name), value in self.waiting.items()]

    def deliver(self) -> None:
        self.sink(self.metrics())
        self.waiting.clear()


class Follower:
    """Reads sources and hands what is new to each sink. Call it now and then, and `finish` it at the end.

    A source or a sink that raises is logged, counted in `errors` and tried again, a sink at growing pauses;
    what it did not take is kept and comes later. `seen` has the last value of each step and name.
    """

    def __init__(self, sources: Sequence[MetricsSource], sinks: Sequence[Sink]) -> None:
        self._sources = sources
        self._deliveries = [_Delivery(sink) for sink in sinks]
        self._guarded = Guarded()
        self.seen: dict[tuple[int, str], float] = {}

    @property
    def errors(self) -> Counter[str]:
        """How often reading and keeping failed, by what was done."""
        return self._guarded.errors

    def __call__(self) -> None:
        """Read and hand on."""
        for source in self._sources:
            self._guarded.call(f"reading {type(source).__name__}", lambda source=source: self._read(source))  # type: ignore[misc]
        for delivery in self._deliveries:
            if delivery.waiting and time.monotonic() >= delivery.not_before:
                self._hand_on(delivery)

    def finish(self) -> None:
        """Read and hand on for the last time, whatever failed a moment ago."""
        for delivery in self._deliveries:
            delivery.not_before = 0.0
        self()
        for what, count in self.errors.items():
            logger.warning("%s failed %d times while the trainer ran", what, count)

    def unwritten(self) -> list[LoggedMetric]:
        """Return what the first sink has not taken."""
        return self._deliveries[0].metrics() if self._deliveries else []

    def _read(self, source: MetricsSource) -> None:
        for metric in source.read_new():
            key = (metric.step, metric.name)
            self.seen[key] = metric.value
            for delivery in self._deliveries:
                delivery.waiting[key] = metric.value

    def _hand_on(self, delivery: _Delivery) -> None:
        name = getattr(delivery.sink, "__name__", type(delivery.sink).__name__)
        if self._guarded.call(f"keeping metrics ({name})", delivery.deliver):
            delivery.pause = _FIRST_PAUSE_SECONDS
            return
        delivery.not_before = time.monotonic() + delivery.pause
        delivery.pause = min(2 * delivery.pause, _LONGEST_PAUSE_SECONDS)
