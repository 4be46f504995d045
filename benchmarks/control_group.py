"""Counts the CPU time of all that a command starts, or bounds it: a control group of Linux (version 1 or 2).

Adding up children loses those of a process that never waits for them, which is most of what a build starts.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PERIOD = 100_000  # microseconds, as is usual
_END_SECONDS = 10.0


class ControlGroup:
    """A group for processes started inside `starting`. With `cores`, they have so many, all together.

    Raises RuntimeError where this process may not make one: root alone may.
    """

    def __init__(self, cores: float | None = None) -> None:
        self._unified = (_ROOT / "cgroup.controllers").exists()
        parents = [_ROOT] if self._unified else [_ROOT / "cpu", _ROOT / "cpuacct"]
        name = f"vincicoder-{secrets.token_hex(4)}"
        self._folders = {parent: parent / name for parent in parents}
        try:
            if self._unified:
                (_ROOT / "cgroup.subtree_control").write_text("+cpu")
            for folder in self._folders.values():
                folder.mkdir()
            if cores is not None:
                self._bound(int(cores * _PERIOD))
        except OSError as error:
            raise RuntimeError(f"cannot make a control group: {error}; run this as root") from error

    @contextmanager
    def starting(self) -> Iterator[None]:
        """While inside, this process is in the group; what it starts stays there."""
        for folder in self._folders.values():
            _move_here(folder)
        try:
            yield
        finally:
            for parent in self._folders:
                _move_here(parent)

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all that was in the group, ended or not."""
        if self._unified:
            lines = (self._folders[_ROOT] / "cpu.stat").read_text().splitlines()
            return int(dict(line.split() for line in lines)["usage_usec"]) / 1e6
        return int((self._folders[_ROOT / "cpuacct"] / "cpuacct.usage").read_text()) / 1e9

    def remove(self) -> None:
        """Remove the group, once all in it have ended."""
        deadline = time.monotonic() + _END_SECONDS
        for folder in self._folders.values():
            while True:
                try:
                    folder.rmdir()
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)
                else:
                    break

    def _bound(self, quota: int) -> None:
        if self._unified:
            (self._folders[_ROOT] / "cpu.max").write_text(f"{quota} {_PERIOD}")
            return
        (self._folders[_ROOT / "cpu"] / "cpu.cfs_period_us").write_text(str(_PERIOD))
        (self._folders[_ROOT / "cpu"] / "cpu.cfs_quota_us").write_text(str(quota))


def _move_here(folder: Path) -> None:
    (folder / "cgroup.procs").write_text(str(os.getpid()))
