"""One run of a TeX engine in a new process: its command line, environment and limits."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.processes import communicate
from vincicoder.render.worker.child_process import ChildSandbox
from vincicoder.sample import InfrastructureError

JOB_NAME = "picture"

# What \today and file dates show: 2025-01-01, 00:00 UTC.
START_OF_TIME = "1735689600"

# A fixed random seed where the engine has one, and streams that need not be unpacked again at once.
_PDFTEX_SETTINGS = "\\pdfsetrandomseed 1 \\pdfcompresslevel 0 \\pdfobjcompresslevel 0 "


@dataclass(frozen=True, slots=True)
class TexExit:
    """How a run ended: exit code or minus the signal's number, and whether our wall clock ended it."""

    code: int
    out_of_time: bool


def tex_command(engine: str) -> list[str]:
    """Return the command that typesets JOB_NAME.tex in the current directory, stopping at the first error."""
    settings = _PDFTEX_SETTINGS if engine == "pdflatex" else ""
    options = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error"]
    if engine == "lualatex":
        options.append("--nosocket")
    return [engine, *options, f"-jobname={JOB_NAME}", f"{settings}\\input{{{JOB_NAME}.tex}}"]


def tex_environment(home: Path, fonts: Path) -> dict[str, str]:
    """Return an environment in which TeX reads and writes no absolute path and knows no user.

    Below `fonts` TeX keeps the bitmaps of fonts that have no outlines.
    """
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "TEXMFHOME": str(home / "texmf"),
        "TEXMFVAR": str(fonts),
        "TEXMFCONFIG": str(home / "texmf-config"),
        # Not the document's folder: the bitmaps made of a font that it wrote would be other documents' too.
        "MFINPUTS": "$TEXMF/metafont//:$TEXMF/fonts/source//",
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        "SOURCE_DATE_EPOCH": START_OF_TIME,
        "FORCE_SOURCE_DATE": "1",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "max_print_line": "1000",  # or error messages are broken at column 79
    }


def run_cold(engine: str, directory: Path, limits: RenderLimits) -> TexExit:
    """Typeset directory/JOB_NAME.tex. Raises InfrastructureError when the engine cannot be started.

    It writes in that folder alone: Lua would else reach the warm processes and what they have begun.
    """
    sandbox = ChildSandbox.build(directory, may_fork=True)
    try:
        return _run_confined(engine, directory, limits, sandbox)
    finally:
        sandbox.close()


def _run_confined(engine: str, directory: Path, limits: RenderLimits, sandbox: ChildSandbox) -> TexExit:
    with open(directory / "terminal.txt", "wb") as terminal:
        try:
            process = subprocess.Popen(
                tex_command(engine),
                cwd=directory,
                env=tex_environment(directory, directory / "texmf-var"),
                preexec_fn=lambda: sandbox.apply(limits),
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=terminal,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise InfrastructureError(f"cannot start {engine}: {error}") from error
        try:
            communicate(process, limits.wall_seconds * 0.9)
            return TexExit(process.returncode, False)
        except subprocess.TimeoutExpired:
            return TexExit(-signal.SIGKILL, True)


def needs_second_run(directory: Path) -> bool:
    """Return whether the document refers to what only its first run could find out."""
    try:
        log = (directory / f"{JOB_NAME}.log").read_bytes()
        notes = (directory / f"{JOB_NAME}.aux").read_bytes()
    except OSError:
        return False
    # The second is what TikZ writes for `remember picture`.
    return b"Rerun to get" in log or b"Rerun LaTeX" in log or b"\\pgfsyspdfmark" in notes
