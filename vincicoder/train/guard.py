"""Runs a trainer whose processes cannot outlive the flow that started it.

    python guard.py PIPE COMMAND...

PIPE is the descriptor of a pipe whose other end the flow holds. When the flow closes it, or dies in any
way, the trainer is asked to end (SIGTERM) and, after a while, made to (SIGKILL), with all it has started,
also in sessions of their own (data loaders, rollout engines, Ray's daemons): a lost flow must not leave
GPUs busy. Exits with the trainer's status, or 128 + the signal that ended it. Runs by path, so it needs
nothing installed.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

GRACE_SECONDS = 60.0
_POLL_MILLISECONDS = 200
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h: orphans below us become our children, not init's


def main(pipe: int, command: list[str]) -> int:
    """Run the command until it ends by itself or the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the pipe carries the request
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    trainer = subprocess.Popen(command, start_new_session=True, preexec_fn=_default_signals)
    poller = select.poll()
    poller.register(pipe, select.POLLHUP | select.POLLIN)
    while trainer.poll() is None:
        if poller.poll(_POLL_MILLISECONDS):
            _ask_to_end(trainer)
            break
    status = trainer.wait()
    _kill_descendants()
    return status if status >= 0 else 128 - status


def _default_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def _ask_to_end(trainer: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(trainer.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while trainer.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(trainer.pid, signal.SIGKILL)


def _kill_descendants() -> None:
    """Kill until nothing is left below us: what is orphaned meanwhile becomes our child."""
    deadline = time.monotonic() + GRACE_SECONDS
    while (children := _children(os.getpid())) and time.monotonic() < deadline:
        for child in children:
            for process in _with_descendants(child):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.02)


def _with_descendants(process: int) -> list[int]:
    return [process, *(found for child in _children(process) for found in _with_descendants(child))]


def _children(process: int) -> list[int]:
    try:
        return [int(name) for name in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
