"""Progress as lines of the log: for files, terminals that are none, and Prefect's log."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.progress.clock import build_seconds_left, duration

if TYPE_CHECKING:
    from flows.progress.clock import StageProgress
    from storage.outputs import StageOutput

logger = logging.getLogger("vincicoder")

_SECONDS_BETWEEN_LINES = 2.0


@dataclass(slots=True)
class Lines:
    """Logs a line of progress at most every two seconds, and the end of stages that took so long.

    With `every_stage` each stage that has shards logs its start and its end.
    """

    every_stage: bool = False
    _started: float = field(default_factory=lambda: time.monotonic())
    _shown: float = 0.0

    def begin(self, stage: StageProgress) -> None:
        self._shown = time.monotonic()
        if self.every_stage and stage.shards:
            rows = "" if stage.rows is None else f", {stage.rows} rows"
            logger.info("%s starts: %d shards%s", stage.name, stage.shards, rows)

    def advance(self, stage: StageProgress, output: StageOutput) -> None:
        now = time.monotonic()
        if now - self._shown < _SECONDS_BETWEEN_LINES or stage.done_shards == stage.shards:
            return
        self._shown = now
        of_build = ""
        if (left := build_seconds_left(stage.percent, now - self._started)) is not None:
            of_build = f"; the build about {stage.percent:.0f}%, {duration(left)} left"
        logger.info(
            "%s %s %04d: %d kept, %d rejected; %s, %.1f rows/s, %s left%s",
            stage.name,
            output.source,
            output.shard,
            output.rows_kept,
            output.rows_rejected,
            str(stage),
            stage.rows_per_second,
            duration(stage.seconds_left),
            of_build,
        )

    def end(self, stage: StageProgress) -> None:
        if stage.shards and (self.every_stage or stage.seconds >= _SECONDS_BETWEEN_LINES):
            kept = f"{stage.kept} kept, {stage.rejected} rejected"
            logger.info("%s ends: %s, %s, %.1f s", stage.name, str(stage), kept, stage.seconds)
