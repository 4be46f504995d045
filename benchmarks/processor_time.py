"""CPU time of this process and of trees of others, counting what has ended."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterable
from pathlib import Path

from vincicoder.render.processes import descendants

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """Return the CPU seconds of this process, all threads, microsecond resolution."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def ended_children_seconds() -> float:
    """Return the CPU seconds of children that ended, after reaping orphans left to this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def living_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and its threads, to the tick; 0 where it is gone."""
    with contextlib.suppress(OSError):
        return _stat_seconds(pid, 11)
    return 0.0


def _stat_seconds(pid: int, field: int) -> float:
    """Return the sum of two fields of `/proc/PID/stat`, counted after the name.

    11 is a process's own user and system time, 13 that of its reaped children.
    """
    stat = Path(f"/proc/{pid}/stat").read_bytes()
    fields = stat[stat.rindex(b")") + 2 :].split()
    return (int(fields[field]) + int(fields[field + 1])) / _TICKS_PER_SECOND


def tree_seconds(roots: Iterable[int]) -> float:
    """Return the CPU seconds of process trees: the living to the nanosecond, the reaped to the tick."""
    total = 0.0
    for root in roots:
        for pid in (root, *descendants(root)):
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    total += int((task / "schedstat").read_text().split()[0]) / 1e9
                total += _stat_seconds(pid, 13)
    return total
