"""ABC notation: abcm2ps writes PostScript, Ghostscript makes a PDF of it, drawn as those of LaTeX are.

A tune may hold PostScript of its own: Ghostscript runs it without other processes or sockets, and without
files outside one folder.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from vincicoder.program_output import first_line_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.fonts import FONT_CONFIGURATION, fonts_fingerprint
from vincicoder.render.languages.abc.text import NUMBER
from vincicoder.render.languages.further_tools import SETUP_COMMAND
from vincicoder.render.languages.latex.raster import DOTS_PER_INCH, rasterize
from vincicoder.render.notes import missing_glyphs
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.render.worker.child_process import ChildExit
from vincicoder.render.worker.program_folder import ProgramFolder, file_is_not_here
from vincicoder.sample import Reason

_ENGRAVE = ["abcm2ps", "-q", "sample.abc", "-O", "picture.ps"]
_CONVERT = [
    *("gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite"),
    *("-sOutputFile=picture.pdf", "picture.ps"),
]
_ALPHABETS_END = 0x2E7F  # Chinese, Japanese and Korean letters: abcm2ps leaves them out
_DATE = re.compile(r"^%%(?:header|footer)\b[^\n]*\$[dD][^\n]*", re.MULTILINE)
_INCLUDE = re.compile(r"^%%(?:format|abc-include|EPS)[ \t]+(?P<name>[^\n]+)", re.MULTILINE)
_LOCATED = re.compile(r"^sample\.abc:(?P<line>\d+)(?::\d+)?: error: (?P<message>.+)$", re.MULTILINE)
_NOTHING = re.compile(r"Nothing to generate")


class AbcRenderer:
    """Runs abcm2ps and Ghostscript in a folder of its own, emptied after every sample."""

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Make the folder and its rules."""
        self._limits = limits
        self._folder = ProgramFolder(workspace, limits, may_fork=False)
        self._environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self._folder.path),
            "TMPDIR": str(self._folder.path),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "FONTCONFIG_FILE": str(FONT_CONFIGURATION),
        }

    def render(self, code: str) -> Picture | Refusal:
        """Draw all tunes at DOTS_PER_INCH, cropped to their ink, page below page."""
        if found := _INCLUDE.search(code):
            return file_is_not_here(found["name"].strip())
        if found := _DATE.search(code):
            why = "asks for the day: no two pictures are the same"
            return Refusal(Reason.RENDER_FORBIDDEN, f"{found[0][:200]} {why}")
        tunes = code if NUMBER.search(code) else f"X:1\n{code.lstrip()}"
        lacking = False
        try:
            (self._folder.path / "sample.abc").write_bytes(tunes.encode("utf-8", "replace"))
            for command, program in ((_ENGRAVE, "abcm2ps"), (_CONVERT, "Ghostscript")):
                ended = self._folder.run(command, self._environment)
                refusal = ended.refusal(program)
                if refusal is not None:
                    return refusal
                if ended.code != 0:
                    return _explain(ended, program)
                lacking |= "no glyph" in ended.printed
            pdf = self._folder.read("picture.pdf")
            if not pdf:
                return Refusal(Reason.RENDER_NO_OUTPUT, "the code holds no tune")
            drawn = rasterize(pdf, crop=True, limits=self._limits)
            if not lacking or isinstance(drawn, Refusal):
                return drawn
            rare = dict.fromkeys(ord(letter) for letter in code if ord(letter) > _ALPHABETS_END)
            return replace(drawn, notes=(*drawn.notes, missing_glyphs(rare)))
        finally:
            self._folder.empty()

    def close(self) -> None:
        """Nothing stays behind."""


def _explain(ended: ChildExit, program: str) -> Refusal:
    if found := _LOCATED.search(ended.printed):
        return Refusal(Reason.RENDER_ERROR, f"line {found['line']}: {found['message']}"[:1500])
    if _NOTHING.search(ended.printed):
        return Refusal(Reason.RENDER_NO_OUTPUT, "the code holds no tune")
    if "invalidfileaccess" in ended.printed:
        return Refusal(Reason.RENDER_FORBIDDEN, "its PostScript opens a file")
    told = ended.printed[-1200:] or f"ended with code {ended.code}"
    return Refusal(Reason.RENDER_ERROR, f"{program}: {told}")


def create() -> AbcRenderer:
    """Make the worker-side renderer."""
    return AbcRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Versions of abcm2ps, Ghostscript and what draws the pages, the fonts and the resolution."""
    return {
        "engine": first_line_of(["abcm2ps", "-V"]),
        "ghostscript": first_line_of(["gs", "--version"]),
        "pdfium": version("pypdfium2"),
        "fonts": fonts_fingerprint(),
        "dpi": str(DOTS_PER_INCH),
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    return [
        f"{program} is not found: {SETUP_COMMAND}"
        for program in ("abcm2ps", "gs")
        if not shutil.which(program)
    ]


RENDERER = LanguageRenderer(fingerprint=fingerprint, missing_tools=missing_tools, create=create)
