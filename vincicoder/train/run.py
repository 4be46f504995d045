"""One training run in its folder: start or go on, follow, and say how it ended.

recipe.json           what was asked for
trainer.yaml          the trainer's own configuration, as it was given to it
trainer.log           what it printed, all attempts
output/checkpoint-N   what it saved; output/broken/ has what a kill cut off, moved aside
cached/               the release as the trainer tokenized it beforehand, where the recipe asks for that
rollouts/, validation/, sheets/, curves.png   what it sampled (see `rollouts.py`), and pictures of it all
superseded/           answers of steps that a later attempt samples again
run.lock              held while anything of the trainer lives
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vincicoder.sample import UserError
from vincicoder.train.aside import move_aside
from vincicoder.train.checkpoints import (
    Checkpoint,
    cut_off_checkpoints,
    last_resumable,
    last_whole,
)
from vincicoder.train.crash import Crash, CrashKind, classify_crash
from vincicoder.train.follow import Follower, MetricsSource
from vincicoder.train.launch import Launch, interrupt_on_termination, run_trainer
from vincicoder.train.metrics import LoggedMetric


class RunBusyError(UserError):
    """The run's trainer is still alive."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How an attempt ended. `checkpoint` is the last whole one, also after a crash, where there is one.
    `metrics` are all that were read, `unwritten` those that the first of `on_metrics` has not taken."""

    status: Literal["finished", "failed", "stopped"]
    checkpoint: Checkpoint | None
    crash: Crash | None
    seconds: float
    metrics: Sequence[LoggedMetric] = ()
    unwritten: Sequence[LoggedMetric] = ()


def run_id_of(kind: str, name: str, described: Any) -> str:
    """Return a run's name: the same recipe, model and release are the same run, which then goes on."""
    digest = hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()
    return f"{kind}-{name}-{digest[:8]}"


@contextlib.contextmanager
def held(folder: Path) -> Iterator[int]:
    """Hold a run's folder and yield the lock's descriptor. Raises RunBusyError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunBusyError(
                f"the trainer of {folder.name} is still running (its lock is {folder / 'run.lock'}): wait "
                "for it to end, or end it, and run the same command again"
            ) from error
        yield stream.fileno()


def clear_broken(output: Path) -> tuple[Path | None, list[str]]:
    """Move checkpoints that a kill cut off into `output/broken/`; return the last that can be gone on from.

    The reasons are of all newer ones that can't be. Trainers may resume from the newest folder they find, so
    a cut-off one must not stay; a whole one without its optimizer's state (`save_only_model`) does.
    """
    resumable, passed_over = last_resumable(output)
    for path in cut_off_checkpoints(output):
        move_aside(path, output / "broken")
    return resumable, [reason for _, reason in passed_over]


def run_once(launch: Launch, on_tick: Callable[[], None]) -> Crash | None:
    """Run one program of the trainer to its end; say why where that is not a good one.

    KeyboardInterrupt and SIGTERM stop it in order, and are such an end. `on_tick`: see `run_trainer`.
    """
    since = launch.log.stat().st_size if launch.log.exists() else 0
    try:
        with interrupt_on_termination():
            status = run_trainer(launch, on_tick)
    except KeyboardInterrupt:
        return Crash(CrashKind.STOPPED, "stopped by the user", "run the same command again: it goes on")
    return classify_crash(status, launch.log, since) if status != 0 else None


def attempt(
    launch: Launch,
    followed: Sequence[MetricsSource],
    output: Path,
    *on_metrics: Callable[[list[LoggedMetric]], None],
) -> RunOutcome:
    """Run the trainer once, to its end.

    Each of `on_metrics` gets the numbers as the trainer writes them; those of earlier attempts come first
    again. What one of them raises does not touch the trainer or the others: see `Follower`.
    """
    started = time.monotonic()
    follower = Follower(followed, on_metrics)
    crash = run_once(launch, follower)
    follower.finish()
    seconds = time.monotonic() - started
    checkpoint = last_whole(output)
    if crash is None and checkpoint is None:
        crash = Crash(
            CrashKind.UNKNOWN,
            f"the trainer ended with status 0 and left no whole checkpoint in {output}",
            "lower save_steps below the number of steps; see the trainer's log",
        )
    return RunOutcome(
        "finished" if crash is None else ended_by(crash),
        checkpoint,
        crash,
        seconds,
        [LoggedMetric(step, name, value) for (step, name), value in follower.seen.items()],
        follower.unwritten(),
    )


def ended_by(crash: Crash) -> Literal["failed", "stopped"]:
    """The status of a run that did not finish."""
    return "stopped" if crash.kind is CrashKind.STOPPED else "failed"
