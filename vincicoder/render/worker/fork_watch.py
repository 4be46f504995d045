"""Waits for the end of a sample's process, and ends it where it is over its limits."""

from __future__ import annotations

import math
import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.files import holds_more_than
from vincicoder.render.processes import queued_seconds, wall_left
from vincicoder.render.protocol import Refusal
from vincicoder.render.sandbox import namespaces
from vincicoder.sample import Reason

_WATCH_SECONDS = 0.25  # between two looks at a folder that no file system of its own bounds


@dataclass(frozen=True, slots=True)
class SampleExit:
    """How a sample's process ended: exit code or minus the signal's number, CPU seconds it used, and why it
    was ended where it did not end by itself."""

    code: int
    cpu_seconds: float
    cut_short: Refusal | None = None

    def over_cpu_limit(self, limits: RenderLimits) -> Refusal | None:
        """Return the refusal of a sample that the kernel ended for its CPU time, or None."""
        killed_late = self.code == -signal.SIGKILL and self.cpu_seconds >= limits.cpu_seconds
        if self.code == -signal.SIGXCPU or killed_late:
            return Refusal(Reason.RENDER_TIMEOUT, f"over {limits.cpu_seconds:g} s of CPU time")
        return None


def await_end(pid: int, folder: Path, limits: RenderLimits) -> SampleExit:
    """Wait for the end of a forked sample that writes below `folder`, and reap it. Raises OSError."""
    cut_short = _wait(pid, folder, limits)
    if cut_short is not None:
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    return SampleExit(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, cut_short)


def _wait(pid: int, folder: Path, limits: RenderLimits) -> Refusal | None:
    """Wait for a sample's end; return why it must be ended before, or None where it has ended.

    The first wait comes before all else: what this process touches while it shares its memory with the
    sample's, both have to copy.
    """
    folder_is_bounded = namespaces.WORKSPACE in folder.parents
    descriptor = os.pidfd_open(pid)
    try:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        started, left = time.monotonic(), limits.wall_seconds
        while left > 0:
            pause = left if folder_is_bounded else min(left, _WATCH_SECONDS)
            if poller.poll(math.ceil(pause * 1000)):
                return None
            if not folder_is_bounded and holds_more_than(folder, limits.output_mb << 20):
                return Refusal(Reason.RENDER_OUTPUT_LIMIT, "wrote more than the output limit")
            left = wall_left(limits.wall_seconds, started, queued_seconds(pid))
        return Refusal(Reason.RENDER_TIMEOUT, f"over {limits.wall_seconds:g} s of wall time")
    finally:
        os.close(descriptor)
