"""Faults that tests can request from a worker, so that no sample needs to crash somebody else's program.

Nothing here is reachable without VINCICODER_FAULTS in the environment of the engine's process, which holds
a word that only who set it knows. A sample in which `WORD burn` stands, or another action, then does that in
the worker, at the place where its library would draw it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vincicoder.render.configuration import FAULTS_VARIABLE
from vincicoder.render.processes import descendants

_CHUNK_BYTES = 64 << 20
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 0.3  # from a page's process to its own endless loop


def fault_in(code: str) -> Callable[[], None] | None:
    """Return the fault that a test asks for in this sample; None for all samples of everybody else."""
    word = os.environ.get(FAULTS_VARIABLE)
    if not word or f"{word} " not in code:
        return None
    action = code.partition(f"{word} ")[2].split(maxsplit=1)[0]
    return _ACTIONS.get(action)


def _burn() -> None:
    while True:
        pass


def _allocate() -> None:
    kept = []
    while True:
        kept.append(b"x" * _CHUNK_BYTES)


def _die() -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def _crash_page() -> None:
    """Let the browser's processes of pages die of a crash in a moment, and those of the second attempt."""
    threading.Thread(target=_signal_pages, args=(signal.SIGSEGV, 2), daemon=True).start()


def _wedge_page() -> None:
    """Let the browser's processes of pages stop answering in a moment."""
    threading.Thread(target=_signal_pages, args=(signal.SIGSTOP, 1), daemon=True).start()


def _signal_pages(number: int, browsers: int) -> None:
    done: set[int] = set()
    while browsers:
        time.sleep(_LOOK_SECONDS)
        if _pages() - done:
            time.sleep(_PATIENCE_SECONDS)
            fresh = _pages() - done
            for pid in fresh:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
            done |= fresh
            browsers -= 1


def _pages() -> set[int]:
    found = set()
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


_ACTIONS: dict[str, Callable[[], None]] = {
    "burn": _burn,
    "allocate": _allocate,
    "die": _die,
    "crash-page": _crash_page,
    "wedge-page": _wedge_page,
}
