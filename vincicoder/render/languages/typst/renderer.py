"""Typst: a process a document makes a PDF, whose pages are drawn as LaTeX's are.

Typst reads no file outside the sample's folder and finds no package: those of its universe would be fetched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from vincicoder.render.api import RenderLimits
from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.languages.further_tools import (
    further_tools_folder,
    further_version,
    missing_further_tool,
)
from vincicoder.render.languages.latex.raster import DOTS_PER_INCH, rasterize
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.render.worker.program_folder import ProgramFolder, file_is_not_here, located_error
from vincicoder.sample import InfrastructureError, Reason

# Beside those inside Typst; as for all languages, not the old Chinese ones that TeX brings (fonts.conf).
_FONTS = (
    *("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype/liberation"),
    *("/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto"),
)
_COMPILE = Path(__file__).with_name("compile.py")
_TODAY = re.compile(r"\bdatetime\s*\.\s*today\b")
_LOCATED = re.compile(r"\A(?P<message>.+)\n(?s:.*?)┌─ (?P<file>[^\n:]+):(?P<line>\d+):\d+")
_NO_FILE = re.compile(r"file not found \(searched at (?P<name>[^)\n]+)\)")
_OUTSIDE = re.compile(r"path `\"(?P<name>[^\n\"]+)\"` would escape|cannot read file outside")
_NO_PACKAGE = re.compile(r"failed to (?:download|load) package \(?[^\n]{0,300}|package not found[^\n]{0,300}")
_PACKAGE = re.compile(r"\"(@[\w-]+/[\w-]+:[\d.]+)\"")


class TypstRenderer:
    """Runs Typst in a folder of its own, emptied after every sample."""

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Make the folder and its rules."""
        self._limits = limits
        self._folder = ProgramFolder(workspace, limits, may_fork=False)
        self._command = [
            *(sys.executable, "-I", "-S", str(_COMPILE), str(further_tools_folder())),
            *_FONTS,
        ]
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self._folder.path),
            "LC_ALL": "C.UTF-8",
            "RAYON_NUM_THREADS": "1",
        }

    def render(self, code: str) -> Picture | Refusal:
        """Set the document and draw its pages, cropped to their ink, one below the other."""
        if _TODAY.search(code):
            why = "datetime.today is the day on which it is drawn: no two pictures are the same"
            return Refusal(Reason.RENDER_FORBIDDEN, why)
        try:
            (self._folder.path / "sample.typ").write_bytes(code.encode("utf-8", "replace"))
            ended = self._folder.run(self._command, self._environment)
            refusal = ended.refusal("Typst")
            if refusal is not None:
                return refusal
            if (told := self._folder.read("error.txt")) is not None:
                return _explain(told.decode("utf-8", "replace"), code)
            pdf = self._folder.read("picture.pdf")
            if ended.code != 0 or not pdf:
                raise InfrastructureError(f"Typst could not be run: {ended.printed[-500:]}")
            return rasterize(pdf, crop=True, limits=self._limits)
        finally:
            self._folder.empty()

    def close(self) -> None:
        """Nothing stays behind."""


def _explain(told: str, code: str) -> Refusal:
    if found := _OUTSIDE.search(told):
        return file_is_not_here(found["name"] or "outside")
    if found := _NO_FILE.search(told):
        return file_is_not_here(_as_written(found["name"]))
    if _NO_PACKAGE.search(told):
        package = _PACKAGE.search(code)
        return Refusal(
            Reason.RENDER_MISSING_DEPENDENCY, f"the package {package[1] if package else ''} is not here"
        )
    if found := _LOCATED.search(told):
        return located_error(found, "sample.typ")
    return Refusal(Reason.RENDER_ERROR, told[:1500])


def _as_written(path: str) -> str:
    """Return a path as the sample has it: Typst puts the sample's folder before one from the root."""
    return path.rpartition("/sample/")[2] or path


def create() -> TypstRenderer:
    """Make the worker-side renderer."""
    return TypstRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Versions of Typst and of what draws its pages, the fonts and the resolution."""
    from importlib.metadata import version

    return {
        "typst": further_version("typst"),
        "pdfium": version("pypdfium2"),
        "fonts": fonts_fingerprint(),
        "font folders": " ".join(_FONTS),
        "dpi": str(DOTS_PER_INCH),
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    return missing_further_tool("Typst", "typst")


RENDERER = LanguageRenderer(fingerprint=fingerprint, missing_tools=missing_tools, create=create)
