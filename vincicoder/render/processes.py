"""Looks at and ends process trees through /proc."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class TreeUse:
    """What a process and its descendants use: CPU seconds since each began, bytes of private memory."""

    cpu_seconds: float
    memory_bytes: int


def descendants(pid: int) -> list[int]:
    """Return the ids of all living descendants, parents before children."""
    found: list[int] = []
    queue = [pid]
    while queue:
        current = queue.pop()
        try:
            for task in Path(f"/proc/{current}/task").iterdir():
                text = (task / "children").read_text()
                children = [int(word) for word in text.split()]
                found += children
                queue += children
        except OSError:
            continue  # it has just ended
    return found


def kill_descendants(pid: int, rounds: int = 50) -> None:
    """Kill every descendant, again and again while new ones appear, and reap own children."""
    for _ in range(rounds):
        targets = descendants(pid)
        if not targets:
            return
        for target in targets:
            try:
                os.kill(target, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            continue


def tree_use(pid: int) -> TreeUse:
    """Measure a process with its descendants, ended and reaped ones included in the CPU time.

    Memory counts each process's resident pages that no file backs, so shared libraries are free.
    """
    ticks = 0
    pages = 0
    for current in (pid, *descendants(pid)):
        try:
            stat = Path(f"/proc/{current}/stat").read_bytes()
            statm = Path(f"/proc/{current}/statm").read_bytes().split()
        except OSError:
            continue
        fields = stat[stat.rindex(b")") + 2 :].split()
        ticks += sum(int(field) for field in fields[11:15])  # own and reaped children's, user and system
        pages += int(statm[1]) - int(statm[2])
    return TreeUse(ticks / _TICKS_PER_SECOND, pages * _PAGE_BYTES)
