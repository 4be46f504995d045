"""One Python sample, in its own forked process: confined, run, and its picture handed over."""

from __future__ import annotations

import ast
import builtins
import os
import re
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

from vincicoder.render.api import Recording, RenderLimits
from vincicoder.render.languages.python.capture.captured import SampleRefusedError, captured
from vincicoder.render.languages.python.capture.deferred import Deferred
from vincicoder.render.languages.python.capture.install import left_in_names
from vincicoder.render.languages.python.capture.letters import choose_fonts, note_missing_letters
from vincicoder.render.languages.python.capture.on_matplotlib import last_open_figure
from vincicoder.render.languages.python.capture.on_notebook import bring_notebook
from vincicoder.render.languages.python.capture.scalars import note_scalars
from vincicoder.render.languages.python.chance import fix_clock, seed_python
from vincicoder.render.languages.python.errors import FILE_NAME, describe
from vincicoder.render.languages.python.region import Region
from vincicoder.render.languages.python.trace.record import Record
from vincicoder.render.languages.python.trace.unpainted import paint_nothing
from vincicoder.render.notes import changed_calls, merged
from vincicoder.render.worker.fork_sandbox import ForkSandbox
from vincicoder.sample import Reason

# A sample may replace any function that Python has built in; what comes after it needs the real ones.
_BUILTINS = dict(vars(builtins))
_put_back = vars(builtins).update


class _CountedOutput:
    """Stands for the sample's standard output: counts what is printed, keeps nothing."""

    encoding = "utf-8"
    errors = "replace"
    closed = False

    def __init__(self, allowed: int) -> None:
        self._left = allowed
        self.buffer = self

    def write(self, text: Any) -> int:
        self._left -= len(text)
        if self._left < 0:
            raise SampleRefusedError(Reason.RENDER_OUTPUT_LIMIT, "printed more than the output limit")
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1

    def reconfigure(self, **_: Any) -> None: ...


def run_sample(
    code: str,
    folder: Path,
    region: Region,
    sandbox: ForkSandbox,
    limits: RenderLimits,
    recording: Recording,
) -> None:
    """Run the code and write its picture, or why there is none, into `region`; with a record of what it drew,
    where one is asked for. Never raises."""
    try:
        os.chdir(folder)
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        captured.begin(limits)
        bring_notebook()
        sandbox.apply(limits)
    except BaseException:
        os.abort()  # an unconfined sample must not run
    try:
        if recording is Recording.ALONE:
            paint_nothing()
        record = None if recording is Recording.NONE else Record()
        choose_fonts(code)
        names = _execute(code, limits)
        _put_back(_BUILTINS)
        picture = captured.final_picture(folder)
        if picture is None:
            picture = last_open_figure()
        if picture is None:
            picture = left_in_names(names)
        note_missing_letters()
        note_scalars(picture.text if isinstance(picture, Deferred) else "")
        if isinstance(picture, Deferred):
            region.write_figure(picture, captured.notes)
        elif picture is None:
            region.write_refusal(
                Reason.RENDER_NO_OUTPUT, "the code ended without saving, showing or leaving a picture"
            )
        else:
            region.write_picture(picture, captured.notes, _read(record))
    except BaseException as error:
        _put_back(_BUILTINS)
        _refuse(error, code, region)


def _read(record: Record | None) -> str:
    try:
        return "" if record is None else record.read()
    except Exception:  # what the sample left cannot be drawn a second time
        return ""


def _refuse(error: BaseException, code: str, region: Region) -> None:
    if isinstance(error, SampleRefusedError):
        region.write_refusal(error.reason, error.detail)
        return
    try:
        try:
            reason, detail, notes = describe(error, code)
            changed = changed_calls(captured.notes)
            first = (notes, changed) if reason is Reason.RENDER_REMOVED_NAME else (changed, notes)
            region.write_refusal(reason, detail, merged(*first))
        except MemoryError:
            region.write_refusal(Reason.RENDER_OUT_OF_MEMORY, "ran out of memory")
        except BaseException:  # the sample's own exceptions can be made to raise when they are looked at
            region.write_refusal(Reason.RENDER_ERROR, "raised an exception that cannot be described")
    except BaseException:
        region.write_unable()


# Libraries of which a notebook shows the value of the last line: `chart`, or an expression of charts.
_SHOWN_BY_NOTEBOOKS = re.compile(r"\b(?:altair|bokeh|plotnine|pyecharts|pygal)\b")


def _compiled(code: str) -> types.CodeType:
    """Compile a sample. The value of its last line is kept as `_` where a notebook would show a chart."""
    if not _SHOWN_BY_NOTEBOOKS.search(code):
        return compile(code, FILE_NAME, "exec", dont_inherit=True)
    tree: Any = ast.parse(code, FILE_NAME)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1]
        kept = ast.Assign([ast.copy_location(ast.Name("_", ast.Store()), last)], last.value)
        tree.body[-1] = ast.copy_location(kept, last)
    compiled: types.CodeType = compile(tree, FILE_NAME, "exec", dont_inherit=True)
    return compiled


def _execute(code: str, limits: RenderLimits) -> dict[str, Any]:
    output = _CountedOutput(limits.output_mb << 20)
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = output  # type: ignore[assignment,misc]
    sys.argv = [FILE_NAME]
    sys.path.insert(0, "")
    seed_python()
    fix_clock(code)
    module = types.ModuleType("__main__")
    module.__dict__["__file__"] = FILE_NAME
    sys.modules["__main__"] = module
    try:
        exec(_compiled(code), module.__dict__)
    except SystemExit as leaving:
        if leaving.code not in (None, 0):
            raise
    return module.__dict__
