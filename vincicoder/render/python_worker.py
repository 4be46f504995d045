"""The warm process that forks once per Python sample."""

from __future__ import annotations

import gc
import os
import resource
import select
import shutil
import signal
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.render.python_child import SampleSandbox, run_sample
from vincicoder.render.python_region import Region
from vincicoder.render.python_stack import import_groups, import_stack, warm_up
from vincicoder.sample import InfrastructureError, Reason

_ATTEMPTS_AFTER_KILL = 2


class PythonRenderer:
    """Implements `WorkerRenderer` by forking this process, its plotting libraries already imported."""

    def prepare(self, cache: Path) -> None:
        """Import the plotting stack, while the cache of font names can still be written."""
        import_stack(cache)

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Draw once, so that every lazy table is filled, and compile the sandbox's rules."""
        self._limits = limits
        self._samples = workspace / "samples"
        self._samples.mkdir()
        self._count = 0
        warm_up()
        self._sandbox = SampleSandbox.build(limits, self._samples)
        # What is alive now stays: keep the collector from touching, and so copying, its pages.
        gc.collect()
        gc.freeze()
        gc.disable()

    def render(self, code: str) -> Picture | Refusal:
        """Run the code in a fork and return the picture it drew last."""
        import_groups(code)
        for attempt in range(_ATTEMPTS_AFTER_KILL):
            outcome = self._run_once(code)
            # Nobody but a stranger, or the sample itself, sends SIGKILL: ask again who it was.
            if outcome is not None:
                return outcome
        return Refusal(Reason.RENDER_CRASHED, "killed its own process: SIGKILL, twice")

    def _run_once(self, code: str) -> Picture | Refusal | None:
        self._count += 1
        folder = self._samples / str(self._count)
        folder.mkdir()
        region = Region(self._limits)
        try:
            pid = os.fork()
            if pid == 0:
                try:
                    run_sample(code, folder, region, self._sandbox, self._limits)
                finally:
                    os._exit(0)
            in_time = _wait_until(pid, self._limits.wall_seconds)
            if not in_time:
                os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            if not in_time:
                return Refusal(Reason.RENDER_TIMEOUT, f"over {self._limits.wall_seconds:g} s of wall time")
            return self._judge(os.waitstatus_to_exitcode(status), usage, region)
        except OSError as error:
            raise InfrastructureError(f"cannot run a sample: {error}") from error
        finally:
            region.close()
            _empty(folder)

    def _judge(self, code: int, usage: resource.struct_rusage, region: Region) -> Picture | Refusal | None:
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


def _wait_until(pid: int, seconds: float) -> bool:
    """Wait for a child's end, at most so long; return whether it has ended."""
    descriptor = os.pidfd_open(pid)
    try:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        return bool(poller.poll(int(seconds * 1000)))
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    try:
        folder.rmdir()  # the usual case after a sample that only showed its figure
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():  # a sample took away the permissions of its own folders
            for parent, _, _ in os.walk(folder):
                Path(parent).chmod(0o700)
            shutil.rmtree(folder)
