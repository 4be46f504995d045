"""Counts how far a build is: its stages, their shards and rows, and the share of all that is done."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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


class StageWatcher(Protocol):
    """Shows how far a build is. What it raises is logged and costs nothing else.

    `begin` and `end` are called for each stage, `advance` after each of its shards.
    """

    def begin(self, stage: StageProgress) -> None: ...
    def advance(self, stage: StageProgress, output: StageOutput) -> None: ...
    def end(self, stage: StageProgress) -> None: ...


@dataclass(slots=True)
class StageProgress:
    """How far a stage is. `rows` is None where only the stage itself finds out how many there are.

    `build_percent` is what was done of the whole build, 0 to 100, when the stage began, and `share_percent`
    how much of the build the stage is. Seconds are wall time.
    """

    name: str
    shards: int
    rows: int | None
    build_percent: float
    share_percent: float
    on_shard: Callable[[StageProgress, StageOutput], None]
    done_shards: int = 0
    done_rows: int = 0
    kept: int = 0
    rejected: int = 0
    _started: float = field(default_factory=lambda: time.monotonic())

    def count(self, rows_in: int, kept: int, rejected: int) -> None:
        """Count a shard that is done."""
        self.done_shards += 1
        self.done_rows += rows_in
        self.kept += kept
        self.rejected += rejected

    def finished(self, output: StageOutput) -> None:
        """Count a shard as it is done, and tell the watchers."""
        self.count(output.rows_in, output.rows_kept, output.rows_rejected)
        self.on_shard(self, output)

    def all_finished(self, outputs: Iterable[StageOutput]) -> None:
        """Count the shards of a stage that does all of them at once."""
        for output in outputs:
            self.count(output.rows_in, output.rows_kept, output.rows_rejected)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)

    @property
    def percent(self) -> float:
        """How much of the whole build is done now, 0 to 100."""
        share = self.done_shards / self.shards if self.shards else 1.0
        return min(self.build_percent + self.share_percent * share, 100.0)

    @property
    def rows_per_second(self) -> float:
        return self.done_rows / max(self.seconds, 1e-6)

    @property
    def seconds_left(self) -> float:
        """Of this stage, at its rate so far; 0 where nothing tells."""
        left = (self.rows or 0) - self.done_rows
        return max(left, 0) / self.rows_per_second if self.done_rows else 0.0

    def __str__(self) -> str:
        of_rows = "" if self.rows is None else f"/{self.rows}"
        return f"{self.done_shards}/{self.shards} shards, {self.done_rows}{of_rows} rows"


@dataclass(slots=True)
class BuildClock:
    """Wall seconds of each stage, as they are spent, and who is told of them."""

    watchers: Sequence[StageWatcher] = ()
    stage_seconds: dict[str, float] = field(default_factory=dict)
    _percent: float = 0.0
    _failed: set[type[StageWatcher]] = field(default_factory=set)

    @contextmanager
    def stage(self, name: str, shards: int, rows: int | None) -> Iterator[StageProgress]:
        """Time a stage; yields what counts its shards as they are finished."""
        stage = StageProgress(name, shards, rows, self._percent, _PERCENT[name], self._advance)
        self._tell(lambda watcher: watcher.begin(stage))
        try:
            yield stage
        finally:
            self.stage_seconds[name] = stage.seconds
            self._tell(lambda watcher: watcher.end(stage))
        self._percent += _PERCENT[name]

    def _advance(self, stage: StageProgress, output: StageOutput) -> None:
        self._tell(lambda watcher: watcher.advance(stage, output))

    def _tell(self, event: Callable[[StageWatcher], None]) -> None:
        for watcher in self.watchers:
            try:
                event(watcher)
            except Exception as error:
                if type(watcher) not in self._failed:
                    self._failed.add(type(watcher))
                    logger.warning("progress is not shown: %s: %s", type(error).__name__, error)


_PERCENT_WORTH_A_GUESS = 5.0


def build_seconds_left(percent: float, elapsed: float) -> float | None:
    """Return the seconds that a build still takes, guessed from the percent done; None
    where that tells nothing."""
    return elapsed * (100 - percent) / percent if _PERCENT_WORTH_A_GUESS <= percent < 100 else None


def duration(seconds: float) -> str:
    """Return seconds as `m:ss` or `h:mm:ss`."""
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
