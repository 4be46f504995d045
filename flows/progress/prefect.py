"""Progress in Prefect: a bar of the whole build, and a table of its stages that grows as they end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flows.report import show_progress, show_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.progress.clock import StageProgress
    from storage.outputs import StageOutput

_TOLD_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class PrefectProgress:
    """Updates the artifacts `sft-progress` and `sft-stages` of the flow's run. `name` is of what is built."""

    name: str
    _update: Callable[[float], None] = field(init=False)
    _stages: list[dict[str, Any]] = field(default_factory=list)
    _told: float = 0.0

    def __post_init__(self) -> None:
        self._update = show_progress("sft-progress", self.name)

    def begin(self, stage: StageProgress) -> None:
        pass

    def advance(self, stage: StageProgress, output: StageOutput) -> None:
        now = time.monotonic()
        if now - self._told >= _TOLD_EVERY_SECONDS:
            self._told = now
            self._update(stage.percent)

    def end(self, stage: StageProgress) -> None:
        self._told = time.monotonic()
        self._update(stage.percent)
        if stage.shards:
            self._stages.append(
                {
                    "stage": stage.name,
                    "shards": f"{stage.done_shards}/{stage.shards}",
                    "rows": stage.done_rows,
                    "kept": stage.kept,
                    "rejected": stage.rejected,
                    "seconds": round(stage.seconds, 1),
                }
            )
            show_table("sft-stages", self._stages, f"{self.name}: the stages that have ended")
