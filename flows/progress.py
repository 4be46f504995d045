"""Progress of a build: a line every few seconds with rate and time left, and the share that is done."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.outputs import StageOutput

logger = logging.getLogger("vincicoder")

# About how much of a first build's time each stage takes, in percent: rendering decides. The sum is 100.
_PERCENT = {
    "index_benchmark": 1.0,
    "collect": 3.0,
    "clean": 6.0,
    "sign": 3.0,
    "dedup_code": 1.0,
    "render": 60.0,
    "verify": 7.0,
    "verify_source": 1.0,
    "dedup": 2.0,
    "decontaminate": 1.0,
    "refine": 12.0,
    "compose": 1.0,
    "publish": 2.0,
}
_TOLD_EVERY_SECONDS = 2.0
# A line at most so often: a build that finds all its outputs there says nothing until its end.
_SECONDS_BETWEEN_LINES = 2.0


@dataclass(slots=True)
class BuildClock:
    """Wall seconds of each stage, as they are spent.

    `on_progress` is called with the percent done of the whole build, 0 to 100, at most every two seconds and
    at the end of each stage.
    """

    on_progress: Callable[[float], None] | None = None
    stage_seconds: dict[str, float] = field(default_factory=dict)
    _percent_before: float = 0.0
    _last_told: float = 0.0

    @contextmanager
    def stage(self, name: str, shards: int, rows: int) -> Iterator[Callable[[StageOutput], None]]:
        """Time a stage; yields what to call with every finished output."""
        started = shown = time.monotonic()
        done_shards = done_rows = 0

        def advance(output: StageOutput) -> None:
            nonlocal done_shards, done_rows, shown
            done_shards += 1
            done_rows += output.rows_in
            self._tell(self._percent_before + _PERCENT[name] * done_shards / max(shards, 1), False)
            now = time.monotonic()
            if now - shown < _SECONDS_BETWEEN_LINES:
                return
            shown = now
            rate = done_rows / max(now - started, 1e-6)
            left = (rows - done_rows) / rate if rate else 0.0
            logger.info(
                "%s %s %04d: %d kept, %d rejected; %d/%d shards, %d/%d rows, %.0f rows/s, %s left",
                name,
                output.source,
                output.shard,
                output.rows_kept,
                output.rows_rejected,
                done_shards,
                shards,
                done_rows,
                rows,
                rate,
                _duration(left),
            )

        try:
            yield advance
        finally:
            seconds = self.stage_seconds[name] = round(time.monotonic() - started, 3)
            if seconds >= _SECONDS_BETWEEN_LINES:
                logger.info("%s: %d rows in %d shards, %s", name, rows, shards, _duration(seconds))
        self._percent_before += _PERCENT[name]
        self._tell(self._percent_before, True)

    def _tell(self, percent: float, at_once: bool) -> None:
        now = time.monotonic()
        if self.on_progress is not None and (at_once or now - self._last_told >= _TOLD_EVERY_SECONDS):
            self._last_told = now
            self.on_progress(min(percent, 100.0))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
