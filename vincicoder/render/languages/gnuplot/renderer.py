"""Gnuplot: one process a script, drawing PNG through Cairo whatever terminal the script asks for.

A script may start programs and read their output. It gets no other process; one that asks for one is refused
before, because gnuplot would go on without what it asked for.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from vincicoder.program_output import first_line_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.fonts import FONT_CONFIGURATION, fonts_fingerprint
from vincicoder.render.languages.further_tools import SETUP_COMMAND
from vincicoder.render.languages.gnuplot.text import map_comments, on_png
from vincicoder.render.languages.png_files import SIGNATURE, split_pngs, stacked_pngs
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.render.worker.child_process import ChildExit
from vincicoder.render.worker.program_folder import ProgramFolder, file_is_not_here
from vincicoder.sample import DataFile, Reason

SIZE = "640,480"  # pixels, where the script says nothing

_SETTINGS = f"set terminal pngcairo size {SIZE}; set output 'picture.png'"
_COMMAND = ["gnuplot", "--default-settings", "-e", _SETTINGS, "sample.gp"]
# Gnuplot says nothing where these two fail. What reads a program's output fails with words of its own.
_PROGRAM = re.compile(r"^[ \t]*(?:!(?!=)|system\s*[\"'])[^\n]*", re.MULTILINE)
_NO_PROGRAM = re.compile(r"popen failed|cannot create pipe")
_TIME = re.compile(r"^[ \t]*set\s+time(?:stamp)?\b|\btime\(\s*-?[\d.]+\s*\)", re.MULTILINE)
_NO_FILE = re.compile(
    r"(?:Cannot find or open file|Cannot open file|Cannot load input from) ['\"](?P<name>[^'\"\n]+)"
)
_NO_OUTPUT = re.compile(r"cannot open file[^\n]*output not changed")
_LOCATED = re.compile(r"\"sample\.gp\" line (?P<line>\d+): (?P<message>(?!warning:).+)")
_UNDRAWN = re.compile(r"No data in plot|all points y value undefined|[Nn]o valid points")


class GnuplotRenderer:
    """Runs gnuplot in a folder of its own, emptied after every sample."""

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Make the folder and its rules."""
        self._limits = limits
        self._data: Sequence[DataFile] = ()
        self._folder = ProgramFolder(workspace, limits, may_fork=False)
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self._folder.path),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "FONTCONFIG_FILE": str(FONT_CONFIGURATION),
        }

    def bring(self, files: Sequence[DataFile]) -> None:
        """Have the next script find these files in its folder."""
        self._data = files

    def render(self, code: str) -> Picture | Refusal:
        """Draw the last picture of every file that the script writes, one below the other."""
        if refusal := _refused_before(map_comments(code, lambda comment: "")):
            return refusal
        try:
            self._folder.lay(self._data)
            (self._folder.path / "sample.gp").write_bytes(on_png(code).encode("utf-8", "replace"))
            ended = self._folder.run(_COMMAND, self._environment)
            return ended.refusal("gnuplot") or self._picture(ended)
        finally:
            self._folder.empty()

    def _picture(self, ended: ChildExit) -> Picture | Refusal:
        if found := _NO_FILE.search(ended.printed):
            return file_is_not_here(found["name"])
        if ended.code != 0 or _NO_OUTPUT.search(ended.printed):
            return _explain(ended)
        files = [path for path in self._folder.path.iterdir() if path.is_file() and not path.is_symlink()]
        files.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
        written = [
            self._folder.read(path) for path in files if path.name not in ("sample.gp", "terminal.txt")
        ]
        pictures = [split_pngs(data)[-1] for data in written if data and data.startswith(SIGNATURE)]
        if not pictures:
            return Refusal(Reason.RENDER_NO_OUTPUT, "the script drew nothing")
        return stacked_pngs(pictures, self._limits)

    def close(self) -> None:
        """Nothing stays behind."""


def _refused_before(text: str) -> Refusal | None:
    for pattern, why in (
        (_PROGRAM, "starts another program"),
        (_TIME, "asks for the time: no two pictures are the same"),
    ):
        if found := pattern.search(text):
            return Refusal(Reason.RENDER_FORBIDDEN, f"{found[0].strip()[:200]} {why}")
    return None


def _explain(ended: ChildExit) -> Refusal:
    if _NO_OUTPUT.search(ended.printed):
        return Refusal(Reason.RENDER_FORBIDDEN, "the script writes to a file outside its folder")
    if found := _NO_PROGRAM.search(ended.printed):
        return Refusal(Reason.RENDER_FORBIDDEN, f"{found[0]}: the script starts another program")
    found = _LOCATED.search(ended.printed)
    if found is None:
        return Refusal(Reason.RENDER_ERROR, ended.printed[-1500:] or f"gnuplot ended with code {ended.code}")
    reason = Reason.RENDER_NO_OUTPUT if _UNDRAWN.search(found["message"]) else Reason.RENDER_ERROR
    return Refusal(reason, f"line {found['line']}: {found['message']}"[:1500])


def create() -> GnuplotRenderer:
    """Make the worker-side renderer."""
    return GnuplotRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Version of gnuplot, the fonts and the size."""
    return {
        "engine": first_line_of(["gnuplot", "--version"]),
        "fonts": fonts_fingerprint(),
        "size": SIZE,
        "pictures": "the last of each file",
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    return [] if shutil.which("gnuplot") else [f"gnuplot is not found: {SETUP_COMMAND}"]


RENDERER = LanguageRenderer(
    fingerprint=fingerprint, missing_tools=missing_tools, create=create, bring=GnuplotRenderer.bring
)
