"""Progress of a training run: a line now and then with step, loss or reward, and time left."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vincicoder.train.metrics import LoggedMetric

logger = logging.getLogger("vincicoder")

_EVERY_SECONDS = 10.0
_SHOWN = ("loss", "reward", "critic/score/mean", "eval_loss")


class StepClock:
    """Says how far a run is. `max_steps` is None where only the trainer knows it."""

    def __init__(self, max_steps: int | None) -> None:
        self._max_steps = max_steps
        self._started = self._last = time.monotonic()
        self._first_step: int | None = None

    def show(self, metrics: list[LoggedMetric]) -> None:
        """Log the newest step, at most every ten seconds and at the end."""
        step = max(metric.step for metric in metrics)
        now = time.monotonic()
        if self._first_step is None:
            self._first_step, self._started = step, now
        if now - self._last < _EVERY_SECONDS and step != self._max_steps:
            return
        self._last = now
        newest = {metric.name: metric.value for metric in metrics if metric.step == step}
        values = ", ".join(f"{name} {newest[name]:.4g}" for name in _SHOWN if name in newest)
        done = step - self._first_step
        left = ""
        if self._max_steps and done > 0:
            seconds = (now - self._started) / done * (self._max_steps - step)
            left = f", {seconds / 60:.0f} min left"
        total = f"/{self._max_steps}" if self._max_steps else ""
        logger.info("step %d%s: %s%s", step, total, values, left)
