"""Progress as live bars of a terminal: one for the build, and one for each stage that has shards."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.progress.clock import build_seconds_left, duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import TaskID

    from flows.progress.clock import StageProgress
    from storage.outputs import StageOutput


@dataclass(slots=True)
class Bars:
    """Draws the bars. A stage's bar stays when it has ended; one without shards has none."""

    display: Progress
    _build: TaskID = field(init=False)
    _stage: TaskID | None = None

    def __post_init__(self) -> None:
        self._build = self.display.add_task("build", total=100.0, about="")

    def begin(self, stage: StageProgress) -> None:
        self._stage = None
        if stage.shards:
            self._stage = self.display.add_task(stage.name, total=stage.shards, about="")
        self._show_build(stage)

    def advance(self, stage: StageProgress, output: StageOutput) -> None:
        self._show(stage, f", {duration(stage.seconds_left)} left")
        self._show_build(stage)

    def end(self, stage: StageProgress) -> None:
        self._show(stage, "")
        if self._stage is not None:
            self.display.stop_task(self._stage)
        self._show_build(stage)

    def _show(self, stage: StageProgress, left: str) -> None:
        if self._stage is not None:
            about = (
                f"{stage.kept:,} kept, {stage.rejected:,} rejected, {stage.rows_per_second:.1f} rows/s{left}"
            )
            self.display.update(self._stage, completed=stage.done_shards, about=about)

    def _show_build(self, stage: StageProgress) -> None:
        left = ""
        elapsed = self.display.tasks[0].elapsed
        if elapsed and (seconds := build_seconds_left(stage.percent, elapsed)) is not None:
            left = f", about {duration(seconds)} left"
        self.display.update(self._build, completed=stage.percent, about=f"{stage.percent:.0f}%{left}")


def terminal() -> bool:
    """Whether stderr is a terminal that can move its cursor."""
    console = Console(stderr=True)
    return console.is_terminal and not console.is_dumb_terminal


@contextmanager
def live_bars() -> Iterator[Bars]:
    """Show bars on stderr while the block runs; what is logged meanwhile stands above them."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[about]}"),
        TimeElapsedColumn(),
    )
    before = sys.stderr
    with Progress(*columns, console=console, refresh_per_second=4) as display:
        handlers = [
            handler
            for handler in logging.getLogger().handlers
            if isinstance(handler, logging.StreamHandler) and handler.stream is before
        ]
        for handler in handlers:
            handler.setStream(sys.stderr)  # which the display has replaced: lines would else break the bars
        try:
            yield Bars(display)
        finally:
            for handler in handlers:
                handler.setStream(before)
