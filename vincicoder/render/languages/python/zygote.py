"""What a warm process does: one fork per Python sample, watched until it ends."""

from __future__ import annotations

import gc
import math
import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from vincicoder.render.api import Recording, RenderLimits
from vincicoder.render.files import holds_more_than
from vincicoder.render.languages.python.capture.install import install_hooks
from vincicoder.render.languages.python.chance import seed_numpy
from vincicoder.render.languages.python.child import SampleSandbox, run_sample
from vincicoder.render.languages.python.imports import Preloader
from vincicoder.render.languages.python.region import Region
from vincicoder.render.languages.python.threads import prepare_thread_pools
from vincicoder.render.processes import queued_seconds, wall_left
from vincicoder.render.protocol import Refusal
from vincicoder.render.sandbox import namespaces
from vincicoder.render.sandbox.kernel import use_huge_pages
from vincicoder.sample import Reason

_WATCH_SECONDS = 0.25  # between two looks at a folder that no file system of its own bounds


@dataclass(frozen=True, slots=True)
class SampleExit:
    """How a sample's process ended: exit code or minus the signal's number, CPU seconds it used, and why it
    was ended where it did not end by itself. What it said is in the region."""

    code: int
    cpu_seconds: float
    cut_short: Refusal | None = None


_leave = os._exit  # the sample may have replaced it


class Zygote:
    """Forks the process that it is made in, which has drawn its first pictures and settles here.

    `folder` is where samples may write, `region` where they leave their picture; both are emptied by others.
    """

    def __init__(self, limits: RenderLimits, folder: Path, region: Region, preloader: Preloader) -> None:
        self._limits, self._folder, self._region = limits, folder, region
        self._folder_is_bounded = namespaces.WORKSPACE in folder.parents
        self._preloader = preloader
        self._sandbox = SampleSandbox.build(limits, folder)
        gc.collect()
        gc.disable()
        _settle()

    def run(self, code: str, recording: Recording) -> SampleExit:
        """Run the code in a fork, and note what it draws where that is asked for. Raises OSError."""
        if self._preloader.preload(code):
            prepare_thread_pools()
            install_hooks()
            self._sandbox = self._sandbox.as_of_now(self._limits)
            _settle()
        pid = os.fork()
        if pid == 0:
            try:
                run_sample(code, self._folder, self._region, self._sandbox, self._limits, recording)
            finally:
                _leave(0)
        cut_short = self._wait(pid)
        if cut_short is not None:
            os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        return SampleExit(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, cut_short)

    def _wait(self, pid: int) -> Refusal | None:
        """Wait for a sample's end; return why it must be ended before, or None where it has ended.

        The first wait comes before all else: what this process touches while it shares its memory with the
        sample's, both have to copy.
        """
        descriptor = os.pidfd_open(pid)
        try:
            poller = select.poll()
            poller.register(descriptor, select.POLLIN)
            started, left = time.monotonic(), self._limits.wall_seconds
            while left > 0:
                pause = left if self._folder_is_bounded else min(left, _WATCH_SECONDS)
                if poller.poll(math.ceil(pause * 1000)):
                    return None
                if not self._folder_is_bounded and holds_more_than(
                    self._folder, self._limits.output_mb << 20
                ):
                    return Refusal(Reason.RENDER_OUTPUT_LIMIT, "wrote more than the output limit")
                left = wall_left(self._limits.wall_seconds, started, queued_seconds(pid))
            return Refusal(Reason.RENDER_TIMEOUT, f"over {self._limits.wall_seconds:g} s of wall time")
        finally:
            os.close(descriptor)


def _settle() -> None:
    """Leave this process as every later fork should find it."""
    seed_numpy()
    # What is alive now stays: keep the collector from touching, and so copying, its pages.
    gc.freeze()
    use_huge_pages()
