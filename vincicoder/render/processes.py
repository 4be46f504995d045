"""Inspects and ends process trees through /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


_MOST_PATIENCE = 10.0  # times the limit, however loaded the machine


@dataclass(frozen=True, slots=True)
class TreeUse:
    """What a process and its descendants use: CPU seconds since each began, bytes of private memory,
    and the seconds that they were ready to run and no CPU was free."""

    cpu_seconds: float
    memory_bytes: int
    queued_seconds: float


class CpuMeter:
    """Adds up what a process tree uses from its first reading on, in CPU seconds.

    A reading may miss a process that is being reaped at that moment, and the next one then holds all that
    it used in its life. So no more is counted between two readings than all CPUs could have done meanwhile.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._highest: float | None = None
        self._read_at = 0.0
        self._cpus = len(os.sched_getaffinity(0))

    def read(self, cpu_seconds: float, now: float) -> float:
        """Take the tree's total at a monotonic time; return the seconds used since the first reading."""
        if self._highest is not None:
            possible = (now - self._read_at) * self._cpus + 1 / CLOCK_TICKS
            self.seconds += min(max(cpu_seconds - self._highest, 0.0), possible)
        self._highest = max(cpu_seconds, self._highest or 0.0)
        self._read_at = now
        return self.seconds


def _read(path: str) -> bytes:
    """Return what a file below /proc holds. Raises OSError.

    A browser has eighty threads, with two such files each, and is looked at many times a second: by pathlib
    that takes several times as long.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = b""
        while more := os.read(descriptor, 4096):
            content += more
        return content
    finally:
        os.close(descriptor)


def _of_threads(pid: int, name: str) -> Iterator[bytes]:
    """Yield the file of that name of each living thread of a process; of one that has ended, nothing."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - for the same reason
    except OSError:
        return
    for thread in threads:
        try:
            content = _read(f"/proc/{pid}/task/{thread}/{name}")
        except OSError:
            continue
        yield content


def queued_seconds(pid: int) -> float:
    """Return how long a process's living threads, added up, have been ready to run while no CPU was free."""
    nanoseconds = 0
    for schedstat in _of_threads(pid, "schedstat"):
        numbers = schedstat.split()  # none of a thread that is ending
        nanoseconds += int(numbers[1]) if len(numbers) > 1 else 0
    return nanoseconds / 1e9


class Queueing:
    """Adds up how long a sample was held up for want of a CPU, from looks at its processes.

    Threads wait one for another as well as side by side: their waiting is added up, and between two looks
    counts for no more than the time that went by. So a page that sleeps is not given the time which idle
    threads of its browser wait.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._looked = time.monotonic()
        self._before: float | None = None

    def look(self, queued: float) -> None:
        """Take in what `queued_seconds` of all the processes gave. What ended took its own along."""
        now = time.monotonic()
        if self._before is not None:
            self.seconds += min(max(queued - self._before, 0.0), now - self._looked)
        self._looked, self._before = now, queued


def wall_left(limit: float, started: float, queued: float) -> float:
    """Return the seconds left of a wall limit that began at `started` (monotonic).

    What was spent `queued` for a CPU does not count, so that a loaded machine loses no good sample: who
    sleeps does not queue, and who computes is bounded in CPU time. At most ten times the limit, and no more
    than has gone by: threads queue side by side.
    """
    elapsed = time.monotonic() - started
    return min(limit - elapsed + min(max(queued, 0.0), elapsed), limit * _MOST_PATIENCE - elapsed)


def communicate(process: subprocess.Popen[bytes], limit: float, data: bytes | None = None) -> bytes:
    """Give a process its input and return its standard error, if that is a pipe, once it has ended.

    Raises subprocess.TimeoutExpired after `limit` seconds (see `wall_left`); it is killed then.
    """
    started = time.monotonic()
    while (left := wall_left(limit, started, queued_seconds(process.pid))) > 0:
        try:
            return process.communicate(data, timeout=left)[1] or b""
        except subprocess.TimeoutExpired:
            data = None  # is on its way
    process.kill()
    process.communicate()
    raise subprocess.TimeoutExpired(process.args, limit)


def descendants(pid: int) -> list[int]:
    """Return the ids of all living descendants, parents before children."""
    return process_tree(pid)[1:]


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
    queued = 0.0
    for current in (pid, *descendants(pid)):
        try:
            stat, statm = _read(f"/proc/{current}/stat"), _read(f"/proc/{current}/statm").split()
        except OSError:
            continue
        fields = stat[stat.rindex(b")") + 2 :].split()
        ticks += sum(int(field) for field in fields[11:15])  # own and reaped children's, user and system
        pages += int(statm[1]) - int(statm[2])
        queued += queued_seconds(current)
    return TreeUse(ticks / CLOCK_TICKS, pages * PAGE_BYTES, queued)


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds of all processes since they started, the seconds they waited for a CPU, and the
    resident memory of the largest, in bytes."""

    cpu_seconds: float
    queued_seconds: float
    largest_bytes: int


def process_tree(root: int) -> list[int]:
    """Return the ids of `root` and all its living descendants."""
    tree = [root]
    for process in tree:
        for children in _of_threads(process, "children"):
            tree.extend(int(child) for child in children.split())
    return tree


def usage(root: int) -> Usage:
    """Add up what the tree under `root` has used; processes that ended are counted by their parent."""
    ticks = 0
    largest = 0
    queued = 0.0
    for process in process_tree(root):
        queued += queued_seconds(process)
        try:
            fields = _read(f"/proc/{process}/stat").rpartition(b")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
        largest = max(largest, int(fields[21]) * PAGE_BYTES)
    return Usage(ticks / CLOCK_TICKS, queued, largest)
