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
        stat = Path(f"/proc/{pid}/stat").read_bytes()
        fields = stat[stat.rindex(b")") + 2 :].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND
    return 0.0


def tree_seconds(roots: Iterable[int]) -> float:
    """Return the CPU seconds of process trees: the living to the nanosecond, the reaped to the tick."""
    total = 0.0
    for root in roots:
        for pid in (root, *descendants(root)):
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    total += int((task / "schedstat").read_text().split()[0]) / 1e9
                stat = Path(f"/proc/{pid}/stat").read_bytes()
                fields = stat[stat.rindex(b")") + 2 :].split()
                total += (int(fields[13]) + int(fields[14])) / _TICKS_PER_SECOND
    return total
