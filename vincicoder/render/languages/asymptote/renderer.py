"""Asymptote: `asy` as a child process for every program, its labels set by pdfTeX.

`asy` has safe settings of its own, but lets code name the programs that it starts, so the code counts as
able to run any: the worker's namespaces and rules hold it, and whatever it started ends with it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from vincicoder.program_output import output_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.languages.latex.raster import DOTS_PER_INCH, rasterize
from vincicoder.render.languages.latex.run import tex_environment
from vincicoder.render.processes import kill_descendants
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.render.sandbox import kernel
from vincicoder.render.worker.child_process import ChildExit
from vincicoder.render.worker.program_folder import (
    ProgramFolder,
    file_is_not_here,
    located_error,
    with_margin,
)
from vincicoder.sample import Reason

# Code often chooses the format of its file; the settings that count are those at its end.
_WRAPPER = 'include "./sample.asy";\nsettings.outformat="pdf";\nsettings.render=0;\nsettings.prc=false;\n'
_COMMAND = [
    "asy",
    "-f",
    "pdf",
    "-tex",
    "pdflatex",
    "-noView",
    "-render=0",
    "-noprc",
    "-o",
    "picture",
    "wrapper.asy",
]

_LOCATED = re.compile(r"^(?:\./)?(?P<file>[\w./-]+): (?P<line>\d+)\.\d+: (?P<message>.+)$", re.MULTILINE)
_TEX_ERROR = re.compile(r"^! (?P<message>.+)$", re.MULTILINE)
_BARE = re.compile(r"^error: (?P<message>.+)$", re.MULTILINE)
_MISSING = (
    re.compile(r"could not load module '(?P<name>(?!\./sample\.asy)[^']+)'"),
    re.compile(r"LaTeX Error: File `(?P<name>[^']+)' not found"),
)
_NO_FILE = re.compile(r"Cannot (?:read from|open) (?:file )?\"?(?P<name>[^\"\n]+?)\"?\.?$", re.MULTILINE)
_FORBIDDEN = re.compile(
    r"^.*(?:Write to other directories disabled|system\(\) call disabled|Cannot write to).*$", re.MULTILINE
)


class AsymptoteRenderer:
    """Runs `asy` in a folder of its own, emptied after every sample."""

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Make the folder and its rules; become the parent of whatever escapes."""
        self._limits = limits
        self._folder = ProgramFolder(workspace, limits, may_fork=True)
        kernel.adopt_orphans()

    def render(self, code: str) -> Picture | Refusal:
        """Run the program and draw the PDF that it makes at DOTS_PER_INCH."""
        folder = self._folder.path
        try:
            (folder / "sample.asy").write_bytes(code.encode("utf-8", "replace"))
            (folder / "wrapper.asy").write_text(_WRAPPER)
            environment = {
                **tex_environment(folder, folder / "texmf-var"),
                "ASYMPTOTE_HOME": str(folder / ".asy"),
            }
            ended = self._folder.run(_COMMAND, environment)
            kill_descendants(os.getpid())
            refusal = ended.refusal("asy")
            if refusal is not None and "Stack overflow" not in ended.printed:
                return refusal
            pdf = self._picture()
            if ended.code != 0 or pdf is None:
                return _explain(ended)
            drawn = rasterize(pdf, crop=False, limits=self._limits)
            if isinstance(drawn, Refusal):
                return drawn
            return Picture(with_margin(drawn.pixels), drawn.notes)
        finally:
            self._folder.empty()

    def _picture(self) -> bytes | None:
        """Return the PDF: the program's default one, or else the last that it made itself."""
        default = self._folder.path / "picture.pdf"
        own = [path for path in self._folder.path.glob("*.pdf") if not path.is_symlink()]
        own.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
        for path in [default, *reversed(own)]:
            content = self._folder.read(path)
            if content:
                return content
        return None

    def close(self) -> None:
        """Nothing stays behind."""


def _explain(ended: ChildExit) -> Refusal:
    text = ended.printed
    found = _FORBIDDEN.search(text)
    if found:
        return Refusal(Reason.RENDER_FORBIDDEN, found.group().strip()[:500])
    found = _NO_FILE.search(text)
    if found:
        return file_is_not_here(found["name"])
    for pattern in _MISSING:
        found = pattern.search(text)
        if found:
            return Refusal(Reason.RENDER_MISSING_DEPENDENCY, f"{found['name'][:300]} is not here")
    if ended.code == 0:
        return Refusal(Reason.RENDER_NO_OUTPUT, "the program drew nothing")
    if found := _TEX_ERROR.search(text):
        return Refusal(Reason.RENDER_ERROR, found["message"][:1500])
    if found := _LOCATED.search(text):
        return located_error(found, "sample.asy")
    if found := _BARE.search(text):
        return Refusal(Reason.RENDER_ERROR, found["message"][:1500])
    return Refusal(Reason.RENDER_ERROR, text[-1500:] or f"asy ended with code {ended.code}")


def create() -> AsymptoteRenderer:
    """Make the worker-side renderer."""
    return AsymptoteRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Versions of asy and of TeX, and the resolution."""
    from vincicoder.render.languages.latex import renderer as latex

    output = output_of(["asy", "--version"])
    version = "none" if output is None else (output.errors + output.printed).partition("\n")[0].strip()
    tex = latex.fingerprint()
    return {"engine": version, "tex": "; ".join(tex.values()), "dpi": str(DOTS_PER_INCH)}


def missing_tools() -> list[str]:
    """Say what to install."""
    missing = [] if shutil.which("asy") else ["asy is not found: apt-get install asymptote"]
    if not shutil.which("pdflatex"):
        missing.append("pdflatex is not found: apt-get install texlive-latex-base")
    return missing


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
)
