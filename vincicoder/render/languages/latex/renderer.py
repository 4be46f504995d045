"""LaTeX: documents and snippets set by a pdflatex kept warm, drawn by PDFium."""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from vincicoder.program_output import first_line_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.files import lay_files
from vincicoder.render.languages.latex.document import TexDocument, parse
from vincicoder.render.languages.latex.errors import explain, forbidden, missing_letters, undefined_name
from vincicoder.render.languages.latex.packages import package_for, read_packages
from vincicoder.render.languages.latex.preamble import snippet_preamble
from vincicoder.render.languages.latex.prefix import Habits, beginnings
from vincicoder.render.languages.latex.raster import DOTS_PER_INCH, rasterize
from vincicoder.render.languages.latex.run import JOB_NAME, TexExit, needs_second_run, run_cold
from vincicoder.render.languages.latex.server import PreambleError, WarmLatex, fork_library, start_warm
from vincicoder.render.notes import merged
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.sample import DataFile, InfrastructureError, Reason, code_sha256

WARM_PROCESSES = 24
"""pdflatex processes kept warm in a worker, each with another beginning of a document read: 34 MB
each, most of it shared with the one it branched off."""

_MAX_PACKAGES = 6  # times that a snippet is set again with one more package
_MAX_PREAMBLE_CHARACTERS = 16_384  # looked at to choose a worker


class LatexRenderer:
    """Keeps warm what snippets need; runs everything else from the start."""

    def __init__(self) -> None:
        self._limits = RenderLimits()
        self._workspace = Path()
        self._library: Path | None = None
        self._packages: dict[str, list[str]] = {}
        self._habits = Habits()
        self._warm: OrderedDict[str, WarmLatex] = OrderedDict()
        self._jobs = 0
        self._data: Sequence[DataFile] = ()

    def prepare(self, cache: Path) -> None:
        """Before the worker is confined: build the library that makes pdflatex a fork server."""
        self._library = fork_library(cache)
        self._packages = read_packages(cache, _package_list())

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Load the preamble of most snippets."""
        self._limits = limits
        self._workspace = workspace
        if self._library is not None and self._make_warm(["", snippet_preamble("")]) == "":
            raise InfrastructureError(
                "pdflatex does not get through the preamble of snippets: is TeX complete?"
            )

    def bring(self, files: Sequence[DataFile]) -> None:
        """Have the next document find these files in its folder."""
        self._data = files

    def render(self, code: str) -> Picture | Refusal:
        """Set the code and draw its pages; a snippet that lacks a package, with that package."""
        if not code.strip():
            return Refusal(Reason.RENDER_NO_OUTPUT, "the document is empty")
        packages: tuple[str, ...] = ()
        for _ in range(_MAX_PACKAGES):
            document = parse(code, packages)
            outcome = self._draw(document)
            lacking = () if document.own_preamble else self._lacking(outcome, packages)
            if not lacking:
                break
            packages += lacking
        return outcome

    def _lacking(self, outcome: Picture | Refusal, packages: tuple[str, ...]) -> tuple[str, ...]:
        """Return the packages for want of which a snippet failed, where it did and they are known."""
        name = undefined_name(outcome.detail) if isinstance(outcome, Refusal) else ""
        found = package_for(name, self._packages) if name else ()
        return tuple(package for package in found if package not in packages)

    def _draw(self, document: TexDocument) -> Picture | Refusal:
        outcome: Picture | Refusal | None = None
        for engine in document.engines:
            outcome = self._typeset(document, engine)
            if isinstance(outcome, Picture):
                break
        assert outcome is not None
        return outcome

    def close(self) -> None:
        """Stop the warm processes."""
        for warm in self._warm.values():
            warm.close()
        self._warm.clear()

    def _typeset(self, document: TexDocument, engine: str) -> Picture | Refusal:
        self._jobs += 1
        directory = self._workspace / f"job-{self._jobs}"
        directory.mkdir()
        lay_files(directory, self._data)
        try:
            ended, offset = self._run(document, engine, directory)
            if ended.code == -signal.SIGKILL and not ended.out_of_time:  # by someone else: once more
                shutil.rmtree(directory)
                directory.mkdir()
                lay_files(directory, self._data)
                ended, offset = self._run(document, engine, directory)
            return self._result(document, ended, offset, directory)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def _run(self, document: TexDocument, engine: str, directory: Path) -> tuple[TexExit, int]:
        """Return how TeX ended and what to add to its line numbers."""
        if engine == "pdflatex" and self._library is not None:
            if document.own_preamble:
                candidates = beginnings(document.preamble, document.opening)
            else:
                candidates = ["", document.preamble]
                if document.opening:
                    candidates.append(document.preamble + document.opening)
            ended, lines_before = self._run_warm(document, candidates, directory)
            if ended is not None and ended.code == 0 and needs_second_run(directory):
                # References are read when the document begins: start before that.
                before = [text for text in candidates if text != document.preamble + document.opening]
                ended, lines_before = self._run_warm(document, before, directory)
            if ended is not None:
                return ended, document.line_offset + lines_before
        (directory / f"{JOB_NAME}.tex").write_text(document.text, errors="replace")
        ended = run_cold(engine, directory, self._limits)
        # Lua may have written to the font bitmaps that other documents use.
        shutil.rmtree(self._workspace / "fonts", ignore_errors=True)
        if ended.code == 0 and needs_second_run(directory):
            ended = run_cold(engine, directory, self._limits)
        return ended, document.line_offset

    def _run_warm(
        self, document: TexDocument, candidates: list[str], directory: Path
    ) -> tuple[TexExit | None, int]:
        """Return how a fork ended, None if nothing is warm, and how many lines had been read before it."""
        beginning = self._make_warm(self._habits.choose(candidates, self._warm))
        if beginning is None:
            return None, 0
        rest = document.text[len(beginning) :]
        lines = beginning.count("\n")
        if not beginning.endswith("\n") and rest[: rest.find("\n")].isspace() | rest.startswith("\n"):
            # The end of a line that has begun is a space, a line of its own would be a paragraph.
            rest = rest[rest.find("\n") + 1 :]
            lines += 1
        (directory / "body.tex").write_text(rest, errors="replace")
        try:
            return self._warm[beginning].run(directory, self._limits), lines
        except InfrastructureError:
            self._warm.pop(beginning).close()
            raise

    def _make_warm(self, chosen: list[str]) -> str | None:
        """Start what is not yet warm; return the longest beginning that is, or None."""
        reached: str | None = None
        for beginning in chosen:
            if beginning not in self._warm:
                assert self._library is not None
                self._jobs += 1
                directory = self._workspace / f"warm-{self._jobs}"
                try:
                    if reached is None:
                        self._warm[beginning] = start_warm(
                            beginning, self._library, directory, self._workspace / "fonts"
                        )
                    else:
                        self._warm[beginning] = self._warm[reached].branch(
                            beginning[len(reached) :], directory
                        )
                except PreambleError:
                    self._habits.reject(beginning)
                    return reached
            self._warm.move_to_end(beginning)
            reached = beginning
        while len(self._warm) > WARM_PROCESSES:
            # All others branch off the first, which has read nothing.
            self._warm.pop(next(text for text in self._warm if text)).close()
        return reached

    def _result(
        self, document: TexDocument, ended: TexExit, offset: int, directory: Path
    ) -> Picture | Refusal:
        log = _read(directory / f"{JOB_NAME}.log")
        terminal = _read(directory / "terminal.txt")
        pdf = directory / f"{JOB_NAME}.pdf"
        has_output = pdf.is_file() and not pdf.is_symlink() and pdf.stat().st_size > 0
        if ended.code != 0 or not has_output:
            return explain(ended, log, terminal, offset, has_output)
        refused = forbidden(log, terminal)
        if refused is not None:
            return refused
        drawn = rasterize(pdf, document.crop, self._limits)
        return replace(drawn, notes=merged(drawn.notes, missing_letters(log)))


def create() -> LatexRenderer:
    """Make the worker-side renderer."""
    return LatexRenderer()


def affinity(code: str) -> tuple[str, ...]:
    r"""Name the beginnings of a document's preamble that a worker may have loaded; snippets share one."""
    head = code[:_MAX_PREAMBLE_CHARACTERS]
    before_body, _, _ = head.partition("\\begin{document}")
    if "\\documentclass" not in before_body:
        return ()
    return tuple(code_sha256(beginning)[:16] for beginning in beginnings(before_body, "")[1:])


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """TeX and PDFium versions, packages, preamble and resolution."""
    import pypdfium2

    return {
        "engine": first_line_of(["pdflatex", "--version"]),
        "raster": f"pdfium {pypdfium2.PDFIUM_INFO.build}",
        "dpi": str(DOTS_PER_INCH),
        "preamble": code_sha256(snippet_preamble("") + snippet_preamble("\\rowcolor"))[:16],
        "packages": _package_list(),
        "pages": "all",
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    missing = []
    if shutil.which("pdflatex") is None:
        missing.append(
            "pdflatex is not found: apt-get install texlive-latex-extra texlive-pictures texlive-science"
            " texlive-fonts-recommended lmodern (and texlive-luatex, texlive-xetex for what needs them)"
        )
    try:
        import pypdfium2  # noqa: F401
    except ImportError:
        missing.append("pypdfium2 is not installed: pip install 'vincicoder[render]'")
    return missing


def _package_list() -> str:
    """Return a hash of the list of installed TeX files, which every TeX system keeps as ls-R."""
    stamps = []
    for path in (
        "/usr/share/texmf/ls-R",
        "/usr/share/texlive/texmf-dist/ls-R",
        "/var/lib/texmf/ls-R-TEXMFMAIN",
    ):
        with contextlib.suppress(OSError):
            stamps.append(f"{path}:{Path(path).stat().st_size}")
    return code_sha256("\n".join(stamps))[:16]


def _read(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(4 << 20).decode("utf-8", "replace")
    except OSError:
        return ""


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
    prepare=LatexRenderer.prepare,
    affinity=affinity,
    bring=LatexRenderer.bring,
)
