"""The renderer of an R worker: R and ggplot2 are loaded in it once, and each program runs in a fork of it."""

from __future__ import annotations

import ctypes
import gc
import os
import secrets
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.files import empty_folder, lay_files
from vincicoder.render.fonts import FONT_CONFIGURATION
from vincicoder.render.languages.png_files import stacked_pngs
from vincicoder.render.languages.python.chance import FIXED_SECONDS
from vincicoder.render.languages.r.embedded import EmbeddedR, r_environment
from vincicoder.render.languages.r.errors import Told, refusal_of
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.render.worker.child_process import read_output
from vincicoder.render.worker.fork_sandbox import ForkSandbox
from vincicoder.render.worker.fork_watch import SampleExit, await_end
from vincicoder.sample import DataFile, InfrastructureError, Reason

_HERE = Path(__file__).parent
_SOURCES = (_HERE / "marks.R", _HERE / "session.R")
_RUN, _WARM_UP = 0, 1  # places in the list that session.R ends with
_ATTEMPTS_AFTER_KILL = 2
_MAX_ANSWER_BYTES = 60_000  # a pipe holds 65,536
_PANGO = "libpangocairo-1.0.so.0"


class RRenderer:
    """Implements `WorkerRenderer` by forking this process, in which R lives."""

    def __init__(self, dots_per_inch: int) -> None:
        self._dots_per_inch = dots_per_inch
        self._data: Sequence[DataFile] = ()

    def bring(self, files: Sequence[DataFile]) -> None:
        """Have the next program find these files in the folder that it runs in."""
        self._data = files

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Start R, load what most programs load, and draw once."""
        self._limits = limits
        self._folder = workspace / "sample"
        self._folder.mkdir(mode=0o700)
        warm = workspace / "warm"
        warm.mkdir()
        self._r = EmbeddedR(r_environment(warm, FONT_CONFIGURATION), _SOURCES)
        answer = self._r.call(
            _WARM_UP,
            str(warm),
            FIXED_SECONDS,
            float(self._dots_per_inch),
            float(max(limits.max_width, limits.max_height)),
            float(limits.max_pixels),
            (_HERE / "examples.R").read_text("utf-8"),
        )
        if answer != [b"ready"]:
            raise InfrastructureError(f"R cannot draw its examples: {answer}")
        os.environ["HOME"] = str(self._folder)
        self._r.use_temporary(self._folder)
        shutil.rmtree(warm)
        self._pango = ctypes.CDLL(_PANGO)
        self._sandbox = ForkSandbox.build(limits, self._folder)
        gc.collect()
        gc.freeze()

    def render(self, code: str) -> Picture | Refusal:
        """Run the program in a fork and return its last page."""
        if "\0" in code:
            return Refusal(Reason.RENDER_ERROR, "the code has a null character, which R cannot read")
        for _attempt in range(_ATTEMPTS_AFTER_KILL):
            try:
                lay_files(self._folder, self._data)
                outcome = self._run_once(code)
            except OSError as error:
                raise InfrastructureError(f"cannot run a sample: {error}") from error
            finally:
                empty_folder(self._folder)
            # Nobody but a stranger, or the sample itself, sends SIGKILL: ask again who it was.
            if outcome is not None:
                return outcome
        return Refusal(Reason.RENDER_CRASHED, "killed its own process: SIGKILL, twice")

    def _run_once(self, code: str) -> Picture | Refusal | None:
        pages = self._folder / f".pages-{secrets.token_hex(8)}"  # no file of the program has this name
        pages.mkdir()
        answers, answer = os.pipe()
        try:
            pid = os.fork()
            if pid == 0:
                self._run_sample(code, pages, answer)
            os.close(answer)
            ended = await_end(pid, self._folder, self._limits)
            os.set_blocking(answers, False)
            said = b""
            with suppress(BlockingIOError):
                said = os.read(answers, _MAX_ANSWER_BYTES)
        finally:
            os.close(answers)
        return ended.cut_short or self._judge(ended, said.decode("utf-8", "replace"), pages)

    def _run_sample(self, code: str, pages: Path, answer: int) -> None:
        """In the fork: confine it, run the program, and leave. Never returns."""
        try:
            os.chdir(self._folder)
            terminal = os.open("terminal.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            Path("terminal.txt").unlink()
            nothing = os.open("/dev/null", os.O_RDONLY)
            for descriptor, target in ((nothing, 0), (terminal, 1), (terminal, 2)):
                os.dup2(descriptor, target)
            # Python ignores this signal; it ends who writes too much.
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            # A thread of the old map finds fonts, and no fork has it: a new map starts one.
            self._pango.pango_cairo_font_map_set_default(None)
            self._sandbox.apply(self._limits)
        except BaseException:
            os.abort()  # an unconfined sample must not run
        try:
            told = self._r.call(_RUN, code, str(pages))
            if told is not None:
                os.write(answer, b"\0".join(told)[:_MAX_ANSWER_BYTES])
        finally:
            os._exit(0 if told is not None else 1)

    def _judge(self, ended: SampleExit, said: str, pages: Path) -> Picture | Refusal | None:
        code = ended.code
        if late := ended.over_cpu_limit(self._limits):
            return late
        if code == -signal.SIGKILL:
            return None
        if code == -signal.SIGXFSZ:
            return Refusal(Reason.RENDER_OUTPUT_LIMIT, "wrote or printed more than a sample may")
        if code < 0:
            return Refusal(Reason.RENDER_CRASHED, f"crashed: {signal.Signals(-code).name}")
        told = Told.read(said)
        if told is None:
            return Refusal(
                Reason.RENDER_CRASHED, "ended its own process, or replaced the parts of R that end it"
            )
        if told.reason:
            return refusal_of(told)
        if not told.picture:
            return Refusal(Reason.RENDER_NO_OUTPUT, "the program ended and drew nothing")
        try:
            drawn = stacked_pngs([read_output(pages / told.picture, self._limits) or b""], self._limits)
        except (OSError, SyntaxError, ValueError):  # as Pillow raises
            return Refusal(Reason.RENDER_OUTPUT_LIMIT, "the picture was not written to its end")
        return drawn if isinstance(drawn, Refusal) else replace(drawn, notes=told.notes)

    def close(self) -> None:
        """Nothing stays behind."""
