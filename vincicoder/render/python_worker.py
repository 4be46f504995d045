"""The warm process that forks once per Python sample."""

from __future__ import annotations

import gc
import math
import os
import resource
import select
import signal
import time
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.files import empty_folder, holds_more_than
from vincicoder.render.processes import queued_seconds, wall_left
from vincicoder.render.protocol import HandOver, Picture, Refusal
from vincicoder.render.python_chance import fix_new_generators, seed_numpy
from vincicoder.render.python_child import SampleSandbox, run_sample
from vincicoder.render.python_deferred import Deferred, hand_over
from vincicoder.render.python_hooks import install_hooks
from vincicoder.render.python_imports import Preloader
from vincicoder.render.python_region import Region
from vincicoder.render.python_stack import import_stack
from vincicoder.render.python_threads import prepare_thread_pools
from vincicoder.render.python_warm_up import warm_up
from vincicoder.render.sandbox import namespaces
from vincicoder.render.sandbox.kernel import use_huge_pages
from vincicoder.sample import InfrastructureError, Reason

_ATTEMPTS_AFTER_KILL = 2
_FOLDER_MODE = 0o700
_WATCH_SECONDS = 0.25  # between two looks at a folder that no file system of its own bounds


class PythonRenderer:
    """Implements `WorkerRenderer` by forking this process, its plotting libraries already imported."""

    def prepare(self, cache: Path) -> None:
        """Import the plotting stack, while the cache of font names can still be written."""
        import_stack(cache)

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Draw once, so that every lazy table is filled, and compile the sandbox's rules."""
        self._limits = limits
        # One folder for all samples, emptied after each: the sandbox's rules name it once.
        self._folder = workspace / "sample"
        self._folder.mkdir(mode=_FOLDER_MODE)
        self._folder_is_bounded = namespaces.WORKSPACE in self._folder.parents
        self._preloader = Preloader()
        fix_new_generators()
        install_hooks()
        warm_up()
        self._sandbox = SampleSandbox.build(limits, self._folder)
        gc.collect()
        gc.disable()
        _settle()

    def render(self, code: str) -> Picture | Refusal | HandOver:
        """Run the code in a fork and return the picture it drew last, or the page that draws it."""
        if self._preloader.preload(code):
            prepare_thread_pools()
            install_hooks()
            self._sandbox = self._sandbox.with_memory(self._limits)
            _settle()
        for _attempt in range(_ATTEMPTS_AFTER_KILL):
            outcome = self._run_once(code)
            # Nobody but a stranger, or the sample itself, sends SIGKILL: ask again who it was.
            if isinstance(outcome, Deferred):
                return hand_over(outcome)
            if outcome is not None:
                return outcome
        return Refusal(Reason.RENDER_CRASHED, "killed its own process: SIGKILL, twice")

    def _run_once(self, code: str) -> Picture | Refusal | Deferred | None:
        region = Region(self._limits)
        try:
            pid = os.fork()
            if pid == 0:
                try:
                    run_sample(code, self._folder, region, self._sandbox, self._limits)
                finally:
                    os._exit(0)
            refusal = self._wait(pid)
            if refusal is not None:
                os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            return refusal or self._judge(os.waitstatus_to_exitcode(status), usage, region)
        except OSError as error:
            raise InfrastructureError(f"cannot run a sample: {error}") from error
        finally:
            region.close()
            empty_folder(self._folder)

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

    def _judge(
        self, code: int, usage: resource.struct_rusage, region: Region
    ) -> Picture | Refusal | Deferred | None:
        if code == 0:
            said = region.read()
            if said is not None:
                return said
            return Refusal(
                Reason.RENDER_CRASHED, "ended its own process (os._exit) before the end of the code"
            )
        cpu = usage.ru_utime + usage.ru_stime
        if code == -signal.SIGXCPU or (code == -signal.SIGKILL and cpu >= self._limits.cpu_seconds):
            return Refusal(Reason.RENDER_TIMEOUT, f"over {self._limits.cpu_seconds:g} s of CPU time")
        if code == -signal.SIGKILL:
            return None
        if code < 0:
            said = region.read()
            if isinstance(said, Refusal) and said.reason is Reason.RENDER_OUT_OF_MEMORY:
                return said
            return Refusal(Reason.RENDER_CRASHED, f"crashed: {signal.Signals(-code).name}")
        return Refusal(Reason.RENDER_CRASHED, f"ended its own process with exit code {code} (os._exit)")

    def close(self) -> None:
        """Nothing is running between samples."""


def _settle() -> None:
    """Leave this process as every later fork should find it."""
    seed_numpy()
    # What is alive now stays: keep the collector from touching, and so copying, its pages.
    gc.freeze()
    use_huge_pages()
