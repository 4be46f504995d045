"""Progress of a build: a line per finished shard with rate and time left, and what each stage took."""

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


@dataclass(slots=True)
class BuildClock:
    """Wall seconds of each stage, as they are spent."""

    stage_seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, shards: int, rows: int) -> Iterator[Callable[[StageOutput], None]]:
        """Time a stage; yields what to call with every finished output."""
        started = time.monotonic()
        done_shards = done_rows = 0

        def advance(output: StageOutput) -> None:
            nonlocal done_shards, done_rows
            done_shards += 1
            done_rows += output.rows_in
            rate = done_rows / max(time.monotonic() - started, 1e-6)
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

        logger.info("%s: %d rows in %d shards", name, rows, shards)
        try:
            yield advance
        finally:
            self.stage_seconds[name] = round(time.monotonic() - started, 3)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
