"""pdflatex kept warm: it reads a preamble once and is forked for every document that has it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import math
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.latex_run import JOB_NAME, Ended, tex_command, tex_environment
from vincicoder.sample import InfrastructureError

_REQUESTS, _ANSWERS = 198, 199  # the descriptors that latex_fork.c uses
_OWN_FILES = ("forkpoint.tex", f"{JOB_NAME}.tex", f"{JOB_NAME}.log")
START_SECONDS = 120.0
"""Wall time a preamble may take to load; generous, because machines are loaded."""


def compiler() -> str | None:
    """Return the C compiler that builds the fork library, or None: then every document is run cold."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def fork_library(directory: Path) -> Path | None:
    """Compile latex_fork.c into `directory`, once per version of it; return None without a compiler."""
    command = compiler()
    if command is None:
        return None
    source = Path(__file__).with_name("latex_fork.c")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    library = directory / f"latex_fork-{digest}.so"
    if library.exists():
        return library
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=directory, suffix=".so")
    os.close(descriptor)
    built = subprocess.run(
        [command, "-O1", "-shared", "-fPIC", "-o", name, str(source), "-ldl"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        Path(name).unlink()
        return None
    Path(name).replace(library)  # several workers may do this at once: the last one wins
    return library


class PreambleError(Exception):
    """The preamble cannot be kept warm; a cold run will say why."""


class WarmLatex:
    """One pdflatex that has read a preamble. `run` forks it in a job directory that holds body.tex."""

    def __init__(self, preamble: str, library: Path, directory: Path) -> None:
        """Start it; raises PreambleError when the preamble does not load, or opens files."""
        self._directory = directory
        directory.mkdir(parents=True)
        (directory / "forkpoint.tex").write_text("\\relax\n")
        (directory / f"{JOB_NAME}.tex").write_text(
            f"{preamble}\n\\csname @@input\\endcsname forkpoint.tex \n"
        )
        requests_read, self._requests = os.pipe()
        self._answers, answers_write = os.pipe()
        child_requests = fcntl.fcntl(requests_read, fcntl.F_DUPFD_CLOEXEC, 200)
        child_answers = fcntl.fcntl(answers_write, fcntl.F_DUPFD_CLOEXEC, 200)

        def prepare_child() -> None:
            os.dup2(child_requests, _REQUESTS)
            os.dup2(child_answers, _ANSWERS)

        try:
            self._process = subprocess.Popen(
                tex_command("pdflatex"),
                cwd=directory,
                env=tex_environment(directory) | {"LD_PRELOAD": str(library)},
                preexec_fn=prepare_child,
                close_fds=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise InfrastructureError(f"cannot start pdflatex: {error}") from error
        finally:
            for descriptor in (requests_read, answers_write, child_requests, child_answers):
                os.close(descriptor)
        self._buffer = b""
        try:
            ready = self._answer(time.monotonic() + START_SECONDS) == "ready"
        except (InfrastructureError, TimeoutError):
            ready = False
        # A file opened before the fork would be shared by all documents.
        if not ready or len(list(directory.iterdir())) > len(_OWN_FILES):
            self.close()
            raise PreambleError(preamble)

    def run(self, directory: Path, limits: RenderLimits) -> Ended:
        """Typeset directory/body.tex. Raises InfrastructureError when the server itself is gone."""
        deadline = time.monotonic() + limits.wall_seconds * 0.9
        request = (
            f"{math.ceil(limits.cpu_seconds)} {limits.memory_mb << 20} {limits.output_mb << 20} {directory}\n"
        )
        try:
            os.write(self._requests, request.encode())
        except OSError as error:
            raise InfrastructureError(f"the warm pdflatex is gone: {error}") from error
        try:
            word, number = self._answer(deadline).split()
            if word != "started":
                raise InfrastructureError(f"the warm pdflatex said {word!r} where 'started' was due")
            try:
                return Ended(int(self._answer(deadline).split()[1]), False)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(number), signal.SIGKILL)
                self._answer(time.monotonic() + 10)
                return Ended(-signal.SIGKILL, True)
        except TimeoutError as error:
            raise InfrastructureError("the warm pdflatex does not answer") from error

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()
        os.close(self._requests)
        os.close(self._answers)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _answer(self, deadline: float) -> str:
        while b"\n" not in self._buffer:
            readable, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                raise TimeoutError
            data = os.read(self._answers, 4096)
            if not data:
                raise InfrastructureError("the warm pdflatex ended")
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode()
