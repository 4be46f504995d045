"""What the browser's processes have used, read from /proc: Chromium has no limit of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from vincicoder.render.processes import CpuMeter, Queueing, usage, wall_left
from vincicoder.sample import Reason

if TYPE_CHECKING:
    from vincicoder.render.api import RenderLimits


class BudgetExceededError(Exception):
    """A sample used more than its limits; `reason` and `detail` say which, `cpu_share` how much of its CPU
    time was used by then (0 to 1)."""

    def __init__(self, reason: Reason, detail: str, cpu_share: float = 1.0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.cpu_share = cpu_share


class BrowserStalledError(Exception):
    """The browser does nothing: waiting costs a page no real time here, so the page is not to blame yet."""


# So long, or this share of the wall limit, with less CPU than this: the browser stands still. Chromium 156
# does at times after WebGL scenes: the picture of a later page never comes.
_STALLED_SECONDS, _STALLED_SHARE, _STALLED_CPU_SECONDS = 4.0, 0.3, 1.0


class Budget:
    """Counts from its making; `check` raises once CPU, wall time or memory is spent.

    `wall_share` is the part of the wall limit that it grants. Unless `patient`, a browser that stands still
    is reported early, so that the page can be tried once more.
    """

    def __init__(
        self, root: int, limits: RenderLimits, wall_share: float = 0.9, patient: bool = False
    ) -> None:
        self._root = root
        self._limits = limits
        self._wall_seconds = limits.wall_seconds * wall_share
        self._patient = patient
        self._started = time.monotonic()
        self._checked = self._started
        self._cpu = CpuMeter()
        self._queueing = Queueing()

    def check(self) -> None:
        """Look at most twenty times a second: fast samples pay for one look or none."""
        now = time.monotonic()
        if now - self._checked < 0.05:
            return
        self._checked = now
        used = usage(self._root)
        # The first look comes 50 ms into the sample, so the meter may miss that much.
        cpu_seconds = self._cpu.read(used.cpu_seconds, now)
        limits = self._limits
        if used.largest_bytes > limits.memory_mb << 20:
            raise BudgetExceededError(
                Reason.RENDER_OUT_OF_MEMORY,
                f"a browser process held {used.largest_bytes >> 20} MB, over {limits.memory_mb} MB",
                cpu_seconds / limits.cpu_seconds,
            )
        if cpu_seconds > limits.cpu_seconds:
            raise BudgetExceededError(
                Reason.RENDER_TIMEOUT, f"the page used more than {limits.cpu_seconds:g} s of CPU time"
            )
        # The engine ends the whole worker at wall_seconds; to end the page a little earlier is cheaper.
        self._queueing.look(used.queued_seconds)
        if wall_left(self._wall_seconds, self._started, self._queueing.seconds) < 0:
            raise BudgetExceededError(
                Reason.RENDER_TIMEOUT, f"the page was not ready after {limits.wall_seconds * 0.9:g} s"
            )
        idle = cpu_seconds < _STALLED_CPU_SECONDS
        stalled_after = min(_STALLED_SECONDS, limits.wall_seconds * _STALLED_SHARE)
        early = wall_left(stalled_after, self._started, self._queueing.seconds) < 0
        if idle and early and not self._patient:
            raise BrowserStalledError
