"""One run of a drawing program for one sample: confined to one folder and limited."""

from __future__ import annotations

import contextlib
import math
import os
import re
import resource
import signal
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.protocol import Refusal
from vincicoder.render.sandbox import kernel, landlock, paths, seccomp
from vincicoder.sample import InfrastructureError, Reason

_TERMINAL = "terminal.txt"
_SHOWN_BYTES = 20_000
_NO_MEMORY = re.compile(
    r"out[ -]of[ -]memory|bad_alloc|memory exhausted|VMerror|memory allocation of \d+ bytes", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ChildSandbox:
    """What confines a program beyond its worker, made once. It holds from before the program's start."""

    ruleset: int  # Landlock descriptor, -1 where there is none
    program: bytes  # seccomp filter, empty where there is none

    @staticmethod
    def build(folder: Path, may_fork: bool) -> ChildSandbox:
        """Let programs write below `folder` only. One that may not fork opens no socket either, and signals
        no process but itself: for languages whose code can do all that its program can."""
        ruleset = -1
        if landlock.version() > 0:
            ruleset = landlock.create_ruleset(
                paths.readable_by_samples(), [folder, *paths.writable_devices()]
            )
        program = b""
        if not may_fork:
            try:
                program = seccomp.build_filter(for_sample=True, may_execute=True)
            except (ImportError, OSError):
                program = b""
        return ChildSandbox(ruleset, program)

    def apply(self, limits: RenderLimits) -> None:
        """Confine this forked process, for good. Raises OSError."""
        cpu, memory, size = math.ceil(limits.cpu_seconds), limits.memory_mb << 20, limits.output_mb << 20
        kernel.die_with_parent(signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        # Python ignores this signal, and what is ignored stays so after exec.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        kernel.forbid_new_privileges()
        if self.ruleset >= 0:
            landlock.restrict_self(self.ruleset)
        if self.program:
            seccomp.load_filter(self.program)

    def close(self) -> None:
        """Free what the kernel keeps of it."""
        if self.ruleset >= 0:
            os.close(self.ruleset)


@dataclass(frozen=True, slots=True)
class ChildExit:
    """How a run ended: exit code or minus the signal's number, whether our wall clock ended it, whether
    someone else killed it, and the end of what it printed."""

    code: int
    out_of_time: bool
    killed: bool
    printed: str

    def refusal(self, program: str) -> Refusal | None:
        """Return why there is no picture, as far as the way the program ended shows it; else None."""
        if self.out_of_time:
            return Refusal(Reason.RENDER_TIMEOUT, f"{program} was not ready in time")
        if self.killed:
            return Refusal(Reason.RENDER_CRASHED, f"{program} was killed, twice")
        if -self.code in (signal.SIGXCPU, signal.SIGKILL):
            return Refusal(Reason.RENDER_TIMEOUT, f"{program} used up its CPU time")
        if -self.code == signal.SIGXFSZ:
            return Refusal(Reason.RENDER_OUTPUT_LIMIT, f"{program} wrote more than a sample may")
        if self.code != 0 and _NO_MEMORY.search(self.printed):
            return Refusal(Reason.RENDER_OUT_OF_MEMORY, f"{program} ran out of memory")
        if self.code < 0:
            return Refusal(
                Reason.RENDER_CRASHED,
                f"{program} died of {signal.Signals(-self.code).name}: {self.printed[-300:]}",
            )
        return None


def run_child(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    limits: RenderLimits,
    sandbox: ChildSandbox,
) -> ChildExit:
    """Run a program in `folder`, its output kept there; once more where someone else killed it.

    Raises InfrastructureError if it cannot start.
    """
    ended = _run_once(command, folder, environment, limits, sandbox)
    return _run_once(command, folder, environment, limits, sandbox) if ended.killed else ended


def _run_once(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    limits: RenderLimits,
    sandbox: ChildSandbox,
) -> ChildExit:
    """Run the program.

    Everything it started dies with it: it leads a process group of its own.
    """
    cpu_before = _children_seconds()
    with open(folder / _TERMINAL, "wb") as terminal:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=lambda: sandbox.apply(limits),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise InfrastructureError(f"cannot run {command[0]}: {error}") from error
        out_of_time = False
        try:
            process.wait(timeout=limits.wall_seconds * 0.9)
        except subprocess.TimeoutExpired:
            out_of_time = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
    printed = read_output(folder / _TERMINAL, limits) or b""
    # The kernel kills, too, who goes on after the signal that the CPU time is used up.
    over = _children_seconds() - cpu_before >= limits.cpu_seconds
    killed = code == -signal.SIGKILL and not out_of_time and not over
    return ChildExit(code, out_of_time, killed, printed[-_SHOWN_BYTES:].decode("utf-8", "replace").strip())


def _children_seconds() -> float:
    """Return the CPU seconds of this process's ended children."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def read_output(path: Path, limits: RenderLimits) -> bytes | None:
    """Return the bytes of a file that a sample left, or None where there is no regular file of that name.

    Links are not followed: the worker may read more than the sample.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # a folder, which `open` would not take
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as file:
        return file.read(limits.output_mb << 20)
