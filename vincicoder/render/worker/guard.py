"""The outermost process of a worker: makes its namespaces, and outlives it just long enough to clean up.

    engine ── guard ── process 1 of the new namespaces (reaps orphans) ── worker ── browser, TeX, samples

The engine holds the other end of a lifeline pipe. When it closes, however the engine died, the
guard ends everything below it and empties the workspace.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from vincicoder.render.configuration import WorkerConfiguration
from vincicoder.render.processes import kill_descendants
from vincicoder.render.sandbox import kernel, namespaces


def run_guarded(configuration: WorkerConfiguration, work: Callable[[Path], None]) -> int:
    """Run `work(workspace)` in a process as isolated as the layers allow; return the guard's exit code.

    The code is that of the worker, or 128 plus the number of the signal that ended it.
    """
    isolated = "namespaces" in configuration.layers
    if isolated:
        namespaces.enter()
    else:
        kernel.adopt_orphans()
        Path(configuration.workspace).mkdir(mode=0o700)
    pid = os.fork()
    if pid == 0:
        kernel.die_with_parent(signal.SIGKILL)
        os.close(configuration.lifeline_descriptor)
        _exit_with(
            lambda: (
                _become_first_process(configuration, work) if isolated else _work_here(configuration, work)
            )
        )
    os.close(configuration.control_descriptor)
    # The lifeline may be held open by a process that the engine's program forked: so a signal too.
    signal.signal(signal.SIGTERM, lambda *_: _kill(pid))
    kernel.die_with_parent(signal.SIGTERM)
    try:
        return _wait(pid, configuration.lifeline_descriptor)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the cleaning up must not be broken off
        if not isolated:
            kill_descendants(os.getpid())
            shutil.rmtree(configuration.workspace, ignore_errors=True)


def _exit_with(action: Callable[[], int]) -> None:
    """End this forked process with the action's exit code, never returning to the caller's frames."""
    code = 1
    try:
        code = action()
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _become_first_process(configuration: WorkerConfiguration, work: Callable[[Path], None]) -> int:
    megabytes = configuration.scratch_mb + configuration.limits.output_mb
    namespaces.furnish(megabytes << 20)
    workspace = namespaces.WORKSPACE
    workspace.mkdir()
    worker = os.fork()
    if worker == 0:
        _exit_with(lambda: _run(work, workspace))
    os.close(configuration.control_descriptor)
    while True:  # the kernel ends everything else in the namespace once this process returns
        pid, status = os.wait()
        if pid == worker:
            return _code(status)


def _work_here(configuration: WorkerConfiguration, work: Callable[[Path], None]) -> int:
    return _run(work, Path(configuration.workspace))


def _run(work: Callable[[Path], None], workspace: Path) -> int:
    work(workspace)
    return 0


def _code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _reap_orphans(worker: int) -> None:
    """Reap ended processes that this one has adopted, except the worker."""
    with contextlib.suppress(ChildProcessError):
        while True:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None or ended.si_pid == worker:
                return
            os.waitpid(ended.si_pid, 0)


def _wait(pid: int, lifeline: int) -> int:
    """Wait for the worker's end; end it when the lifeline closes."""
    signal.signal(signal.SIGCHLD, lambda *_: _reap_orphans(pid))
    child = os.pidfd_open(pid)
    poller = select.poll()
    poller.register(child, select.POLLIN)
    poller.register(lifeline, select.POLLIN | select.POLLHUP)
    while True:
        for descriptor, _ in poller.poll():
            if descriptor == lifeline and not os.read(lifeline, 1):
                _kill(pid)
                poller.unregister(lifeline)
            if descriptor == child:
                return _code(os.waitpid(pid, 0)[1])
