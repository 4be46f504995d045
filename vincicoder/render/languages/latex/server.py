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
from vincicoder.render.languages.latex.run import JOB_NAME, TexExit, tex_command, tex_environment
from vincicoder.render.processes import queued_seconds, wall_left
from vincicoder.sample import InfrastructureError

_REQUESTS, _ANSWERS = 198, 199  # the descriptors that fork.c uses
# Asks for the name of a font in the PDF: pdfTeX then reads its map of fonts, 5 ms saved in every run.
_READ_FONT_MAP = "{\\font\\x=cmr10 \\edef\\x{\\pdffontname\\x}}\n"
START_SECONDS = 120.0
"""Wall time a preamble may take to load; generous, because machines are loaded."""


def compiler() -> str | None:
    """Return the C compiler that builds the fork library, or None: then every document is run cold."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def fork_library(directory: Path) -> Path | None:
    """Compile fork.c into `directory`, once per version of it; return None without a compiler."""
    command = compiler()
    if command is None:
        return None
    source = Path(__file__).with_name("fork.c")
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
    """One pdflatex that has read the beginning of a document and can go on with any end of it."""

    def __init__(
        self, directory: Path, requests: int, answers: int, process: subprocess.Popen[bytes] | None
    ) -> None:
        self._directory = directory
        self._requests = requests
        self._answers = answers
        self._process = process
        self._buffer = b""

    def branch(self, more: str, directory: Path) -> WarmLatex:
        """Fork a process that reads `more` of a document and is then warm too.

        Raises PreambleError when it cannot be read, InfrastructureError when this process is gone.
        """
        _write_beginning(directory, "body.tex", more)
        for name in ("requests", "answers"):
            os.mkfifo(directory / name, 0o600)
        # Opened for both ways, so that opening does not wait; the far end sees our closing all the same.
        requests = os.open(directory / "requests", os.O_RDWR | os.O_CLOEXEC)
        answers = os.open(directory / "answers", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        grown = WarmLatex(directory, requests, answers, None)
        self._ask(f"branch {directory}")
        number = int(self._answer(time.monotonic() + START_SECONDS).split()[1])
        if not grown._is_ready():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            grown.close()
            raise PreambleError(more)
        return grown

    def run(self, directory: Path, limits: RenderLimits) -> TexExit:
        """Typeset directory/body.tex. Raises InfrastructureError when the server itself is gone."""
        cpu, memory, size = math.ceil(limits.cpu_seconds), limits.memory_mb << 20, limits.output_mb << 20
        self._ask(f"run {cpu} {memory} {size} {directory}")
        try:
            word, number = self._answer(time.monotonic() + START_SECONDS).split()
            if word != "started":
                raise InfrastructureError(f"the warm pdflatex said {word!r} where 'started' was due")
            started, queued = time.monotonic(), 0.0
            while True:
                queued = max(queued, queued_seconds(int(number)))  # 0 once it has ended
                left = wall_left(limits.wall_seconds * 0.9, started, queued)
                if left <= 0:
                    break
                with contextlib.suppress(TimeoutError):
                    return TexExit(int(self._answer(time.monotonic() + left).split()[1]), False)
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(number), signal.SIGKILL)
            self._answer(time.monotonic() + START_SECONDS)
            return TexExit(-signal.SIGKILL, True)
        except TimeoutError as error:
            raise InfrastructureError("the warm pdflatex does not answer") from error

    def close(self) -> None:
        """End this process; what it branched into lives on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        os.close(self._requests)
        os.close(self._answers)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _is_ready(self) -> bool:
        try:
            return self._answer(time.monotonic() + START_SECONDS) == "ready"
        except (InfrastructureError, TimeoutError):
            return False

    def _ask(self, request: str) -> None:
        try:
            os.write(self._requests, request.encode() + b"\n")
        except OSError as error:
            raise InfrastructureError(f"the warm pdflatex is gone: {error}") from error

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


def start_warm(preamble: str, library: Path, directory: Path, fonts: Path) -> WarmLatex:
    """Start pdflatex and let it read a preamble; raises PreambleError when that fails.

    It and its branches keep font bitmaps below `fonts`.
    """
    _write_beginning(directory, f"{JOB_NAME}.tex", preamble + _READ_FONT_MAP)
    requests_read, requests = os.pipe()
    answers, answers_write = os.pipe()
    child_requests = fcntl.fcntl(requests_read, fcntl.F_DUPFD_CLOEXEC, 200)
    child_answers = fcntl.fcntl(answers_write, fcntl.F_DUPFD_CLOEXEC, 200)

    def prepare_child() -> None:
        os.dup2(child_requests, _REQUESTS)
        os.dup2(child_answers, _ANSWERS)

    try:
        process = subprocess.Popen(
            tex_command("pdflatex"),
            cwd=directory,
            env=tex_environment(directory, fonts) | {"LD_PRELOAD": str(library)},
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
    warm = WarmLatex(directory, requests, answers, process)
    if not warm._is_ready():
        warm.close()
        raise PreambleError(preamble)
    return warm


def _write_beginning(directory: Path, name: str, text: str) -> None:
    directory.mkdir(parents=True)
    # TeX looks for this file; what it finds instead is the fork library.
    (directory / "forkpoint.tex").write_text("\\relax\n")
    (directory / name).write_text(f"{text}\\csname @@input\\endcsname forkpoint.tex \n", errors="replace")
