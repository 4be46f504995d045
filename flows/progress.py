"""Progress of a build: when each stage starts and ends, how far it is, and the share that is done."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
# A line of progress at most so often.
_SECONDS_BETWEEN_LINES = 2.0


@dataclass(slots=True)
class StageProgress:
    """How far a stage is. `rows` is None where only the stage itself finds out how many there are.

    `on_share` is called with the share done, 0 to 1, after each shard.
    """

    name: str
    shards: int
    rows: int | None
    on_share: Callable[[float], None]
    done_shards: int = 0
    done_rows: int = 0
    kept: int = 0
    rejected: int = 0
    _started: float = field(init=False)
    _shown: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self._shown = time.monotonic()

    def count(self, rows_in: int, kept: int, rejected: int) -> None:
        """Count a shard that is done."""
        self.done_shards += 1
        self.done_rows += rows_in
        self.kept += kept
        self.rejected += rejected

    def finished(self, output: StageOutput) -> None:
        """Count a shard, and log how far the stage is and how long it still takes, but not too often."""
        self.count(output.rows_in, output.rows_kept, output.rows_rejected)
        self.on_share(self.done_shards / max(self.shards, 1))
        now = time.monotonic()
        if now - self._shown < _SECONDS_BETWEEN_LINES or self.done_shards == self.shards:
            return
        self._shown = now
        rate = self.done_rows / max(now - self._started, 1e-6)
        left = (self.rows or 0) - self.done_rows
        logger.info(
            "%s %s %04d: %d kept, %d rejected; %s, %.1f rows/s, %s left",
            self.name,
            output.source,
            output.shard,
            output.rows_kept,
            output.rows_rejected,
            str(self),
            rate,
            _duration(left / rate if rate else 0.0),
        )

    def all_finished(self, outputs: Iterable[StageOutput]) -> None:
        """Count the shards of a stage that does all of them at once."""
        for output in outputs:
            self.count(output.rows_in, output.rows_kept, output.rows_rejected)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)

    def __str__(self) -> str:
        of_rows = "" if self.rows is None else f"/{self.rows}"
        return f"{self.done_shards}/{self.shards} shards, {self.done_rows}{of_rows} rows"


@dataclass(slots=True)
class BuildClock:
    """Wall seconds of each stage, as they are spent.

    `on_progress` is called with the percent done of the whole build, 0 to 100, at most every two seconds and
    at the end of each stage. With `every_stage` each stage that has shards logs its start and its end;
    without, only those that take two seconds log their end.
    """

    on_progress: Callable[[float], None] | None = None
    every_stage: bool = False
    stage_seconds: dict[str, float] = field(default_factory=dict)
    _percent_before: float = 0.0
    _last_told: float = 0.0

    @contextmanager
    def stage(self, name: str, shards: int, rows: int | None) -> Iterator[StageProgress]:
        """Time a stage; yields what counts its shards as they are finished."""

        def tell(share: float) -> None:
            self._tell(self._percent_before + _PERCENT[name] * share, False)

        progress = StageProgress(name, shards, rows, tell)
        if self.every_stage and shards:
            logger.info("%s starts: %d shards%s", name, shards, "" if rows is None else f", {rows} rows")
        try:
            yield progress
        finally:
            seconds = self.stage_seconds[name] = progress.seconds
            if shards and (self.every_stage or seconds >= _SECONDS_BETWEEN_LINES):
                kept = f"{progress.kept} kept, {progress.rejected} rejected"
                logger.info("%s ends: %s, %s, %.1f s", name, str(progress), kept, seconds)
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
