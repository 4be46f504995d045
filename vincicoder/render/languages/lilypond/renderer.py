"""LilyPond: one process writes PostScript, a second one, Ghostscript, draws it.

LilyPond runs Scheme, which can do whatever the process can: it gets no other process, no socket, and one
folder to write in. Ghostscript draws what came of it, under the same rules.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vincicoder.program_output import first_line_of
from vincicoder.render.api import RenderLimits, too_large
from vincicoder.render.finish import flatten_on_white, stacked
from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.languages.pdf_marks import notes_of_pdf
from vincicoder.render.notes import pages
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.render.worker.child_process import ChildExit
from vincicoder.render.worker.program_folder import (
    ProgramFolder,
    file_is_not_here,
    located_error,
    with_margin,
)
from vincicoder.sample import Reason

DOTS_PER_INCH = 200
MAX_PAGES = 40
_BOOK = re.compile(r"picture(?:-(\d{1,4}))?\.ps")

# One page as high as the music, without LilyPond's own line at its foot.
_SETTINGS = "\\header { tagline = ##f }\n\\paper { page-breaking = #ly:one-page-breaking }\n"
# LilyPond cannot have one page and a break to a next one: such scores have pages, none of them stretched.
_WITH_PAGES = "\\header { tagline = ##f }\n\\paper { ragged-bottom = ##t ragged-last-bottom = ##t }\n"
_BREAKS_PAGES = re.compile(
    r"\\page(?:Break|Turn)\b|\b(?:breakbefore|page-(?:break|turn)-permission|page-count|systems-per-page)\b"
)
_ENGRAVE = [
    "lilypond",
    "--loglevel=WARN",
    "--ps",
    "-dno-point-and-click",
    "-dno-protected-scheme-parsing",  # an error in Scheme ends it: it would go on, and draw something else
    "-dinclude-settings=settings.ly",
    "-o",
    "picture",
    "sample.ly",
]
_GHOSTSCRIPT = ["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE"]
_DRAW = [
    *_GHOSTSCRIPT,
    "-sDEVICE=png16m",
    f"-r{DOTS_PER_INCH}",
    "-dTextAlphaBits=4",
    "-dGraphicsAlphaBits=4",
    "-sOutputFile=page-%03d.png",
]
_COUNT = [*_GHOSTSCRIPT, "-sDEVICE=pdfwrite", "-sOutputFile=counted.pdf"]
# Without any of these a score has its own signs only, and they need not be counted.
_DRAWS_ITSELF = re.compile(r"postscript|eps|box|polygon|path|stencil|draw-|color|image", re.IGNORECASE)
_LOCATED = re.compile(
    r"(?:\./)?(?P<file>[^\n:]+):(?P<line>\d+):\d+: (?:fatal )?error: (?P<message>.+)$", re.MULTILINE
)
_NO_FILE = re.compile(r"cannot (?:find|open) file: `(?P<name>[^']+)'")
# Guile's words for an expression that it gives up, whereupon LilyPond goes on without it and ends with 0.
_NO_MEMORY = re.compile(r"Unwind-only `(?:out-of-memory|stack-overflow)' exception")
_OLD_PROGRAM = re.compile(r"program too old: .+")
_NOT_ALLOWED = re.compile(
    r"^.*(?:Operation not permitted|Permission denied|Read-only file system).*$", re.MULTILINE
)


class LilypondRenderer:
    """Runs LilyPond and Ghostscript in a folder of its own, emptied after every sample."""

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Make the folder and the rules of the two programs."""
        self._limits = limits
        self._folder = ProgramFolder(workspace, limits, may_fork=False)
        self._environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self._folder.path),
            "TMPDIR": str(self._folder.path),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "GUILE_AUTO_COMPILE": "0",
            "GUILE_LOAD_COMPILED_PATH": _compiled_scheme(),
        }

    def render(self, code: str) -> Picture | Refusal:
        """Engrave the score and draw all pages of all its books, cropped, at DOTS_PER_INCH."""
        folder = self._folder.path
        try:
            (folder / "sample.ly").write_bytes(code.encode("utf-8", "replace"))
            (folder / "settings.ly").write_text(_WITH_PAGES if _BREAKS_PAGES.search(code) else _SETTINGS)
            ended = self._folder.run(_ENGRAVE, self._environment)
            refusal = ended.refusal("lilypond")
            if refusal is not None:
                return refusal
            if _NO_MEMORY.search(ended.printed):
                return Refusal(Reason.RENDER_OUT_OF_MEMORY, "a Scheme expression ran out of memory")
            failed = ended.code != 0 or _LOCATED.search(ended.printed) or _NO_FILE.search(ended.printed)
            books = self._books()
            if failed or not books:
                return _explain(ended)
            if len(books) > MAX_PAGES:
                return Refusal(
                    Reason.RENDER_TOO_LARGE, f"{len(books)} books; at most {MAX_PAGES} are allowed"
                )
            for left in self._folder.path.glob("page-*"):  # by the score itself: pages are Ghostscript's
                with contextlib.suppress(OSError):  # a folder: Ghostscript says so
                    left.unlink()
            ended = self._folder.run([*_DRAW, *books], self._environment)
            refusal = ended.refusal("Ghostscript")
            if refusal is not None:
                return refusal
            sheets = self._sheets()
            if ended.code != 0 or not sheets:
                return Refusal(Reason.RENDER_ERROR, f"Ghostscript: {ended.printed[-1000:]}")
            drawn = self._crop(sheets)
            if isinstance(drawn, Refusal) or not _DRAWS_ITSELF.search(code):
                return drawn
            ended = self._folder.run([*_COUNT, *books], self._environment)
            return ended.refusal("Ghostscript") or replace(
                drawn, notes=(*drawn.notes, *notes_of_pdf(self._folder.read("counted.pdf") or b""))
            )
        finally:
            self._folder.empty()

    def _books(self) -> list[str]:
        """Return the names of the files that LilyPond wrote, one for each book, in order."""
        numbers = sorted(
            int(found[1] or 0)
            for path in self._folder.path.iterdir()
            if (found := _BOOK.fullmatch(path.name)) and self._folder.read(path)
        )
        return [f"picture-{number}.ps" if number else "picture.ps" for number in numbers]

    def _sheets(self) -> list[bytes]:
        """Return the pages that Ghostscript drew: of more than MAX_PAGES one more than that."""
        sheets: list[bytes] = []
        for number in range(1, MAX_PAGES + 2):
            png = self._folder.read(f"page-{number:03d}.png")
            if not png:
                break
            sheets.append(png)
        return sheets

    def _crop(self, sheets: list[bytes]) -> Picture | Refusal:
        """Return what is printed on the pages, one below the other, with a margin."""
        notes = (pages(len(sheets)),) if len(sheets) > 1 else ()
        if len(sheets) > MAX_PAGES:
            return Refusal(Reason.RENDER_TOO_LARGE, f"over {MAX_PAGES} pages", notes)
        drawn: list[NDArray[np.uint8]] = []
        for png in sheets:
            with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
                width, height = image.size
                if width * height > self._limits.max_pixels:
                    return Refusal(Reason.RENDER_TOO_LARGE, too_large(width, height, self._limits), notes)
                pixels = flatten_on_white(image)
            ink = (pixels != 255).any(axis=2)
            rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
            if rows.size:
                drawn.append(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        if not drawn:
            return Refusal(Reason.RENDER_NO_OUTPUT, "every page is blank", notes)
        problem = too_large(
            max(one.shape[1] for one in drawn), sum(one.shape[0] for one in drawn), self._limits
        )
        if problem:
            return Refusal(Reason.RENDER_TOO_LARGE, problem, notes)
        return Picture(stacked([with_margin(one) for one in drawn]), notes)

    def close(self) -> None:
        """Nothing stays behind."""


def _compiled_scheme() -> str:
    """Return the folders of LilyPond's compiled Scheme.

    Debian's 2.24.1 has them, and looks elsewhere: it then reads its Scheme as text at every start, 2.5 s of
    CPU instead of 0.4. Guile passes over what is older than its source or of another version.
    """
    return ":".join(map(str, sorted(Path("/usr/lib").glob("*/lilypond/*/ccache"))))


def _explain(ended: ChildExit) -> Refusal:
    text = ended.printed
    found = _NO_FILE.search(text)
    if found:
        return file_is_not_here(found["name"])
    found = _OLD_PROGRAM.search(text)
    if found:
        return Refusal(Reason.RENDER_MISSING_DEPENDENCY, found.group()[:300])
    found = _NOT_ALLOWED.search(text)
    if found:
        return Refusal(Reason.RENDER_FORBIDDEN, found.group().strip()[:500])
    found = _LOCATED.search(text)
    if ended.code == 0 and not found:
        return Refusal(Reason.RENDER_NO_OUTPUT, "the file holds no score")
    if found:
        return located_error(found, "sample.ly")
    return Refusal(Reason.RENDER_ERROR, text[-1500:] or f"lilypond ended with code {ended.code}")


def create() -> LilypondRenderer:
    """Make the worker-side renderer."""
    return LilypondRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Versions of LilyPond and Ghostscript, the fonts and the resolution."""
    return {
        "engine": first_line_of(["lilypond", "--version"]),
        "ghostscript": first_line_of(["gs", "--version"]),
        "fonts": fonts_fingerprint(),
        "settings": " ".join((_SETTINGS + _WITH_PAGES).split()),
        "dpi": str(DOTS_PER_INCH),
        "pages": "all",
        "errors in scheme": "end it, and so does want of memory",
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    return [
        f"{program} is not found: apt-get install {package}"
        for program, package in (("lilypond", "lilypond"), ("gs", "ghostscript"))
        if not shutil.which(program)
    ]


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
)
