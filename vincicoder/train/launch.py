"""Starts a trainer, follows its metrics while it runs, and stops it when asked."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vincicoder.train import guard
from vincicoder.train.follow import Guarded

_FOLLOW_SECONDS = 0.5
# Of the caller's environment the trainer gets all but what would redirect it.
_DROPPED = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PREFECT_API_URL", "PREFECT_API_KEY")


@dataclass(frozen=True, slots=True)
class Launch:
    """What to run: the trainer's command, the variables added to its environment, where it runs, its log.

    `lock` is the descriptor of a file lock that is held as long as anything of the trainer lives.
    """

    command: Sequence[str]
    variables: Mapping[str, str]
    folder: Path
    log: Path
    lock: int | None = None


def startup_folder() -> Path:
    """The folder that goes on the trainer's PYTHONPATH (see `torchvision_cpu.py`)."""
    return Path(__file__).parent / "startup"


def run_trainer(launch: Launch, on_tick: Callable[[], None]) -> int:
    """Run a trainer to its end and return its exit status (128 + n when signal n ended it).

    `on_tick` is called about twice a second and once after the end; it reads what the trainer has
    written. An error that it raises is logged and counted (see `follow.Guarded`), and the trainer goes on.
    KeyboardInterrupt ends the trainer's whole process group first. The log is appended to.
    """
    launch.folder.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    environment |= launch.variables
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(startup_folder()), *filter(None, [launch.variables.get("PYTHONPATH")])]
    )
    environment["PYTHONUNBUFFERED"] = "1"
    guarded = Guarded()
    theirs, ours = os.pipe()
    try:
        with launch.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, guard.__file__, str(theirs), *launch.command],
                cwd=launch.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs, *([] if launch.lock is None else [launch.lock])],
                start_new_session=True,
            )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = process.wait(_FOLLOW_SECONDS)
                guarded.call("following the trainer", on_tick)
                return status
            guarded.call("following the trainer", on_tick)
    finally:
        os.close(ours)  # tells the guard, where it still runs
        process.wait()


@contextlib.contextmanager
def interrupt_on_termination() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt, so that stopping a worker stops its trainer in order.

    Only in the main thread; elsewhere it does nothing (Prefect then cancels the process as a whole).
    """

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt("stopped by SIGTERM")

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
