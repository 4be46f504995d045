"""Graphviz: `dot` as a child process for every graph."""

from __future__ import annotations

import math
import re
import resource
import shutil
import signal
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from vincicoder.program_output import first_line_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.fonts import FONT_CONFIGURATION, fonts_fingerprint
from vincicoder.render.languages.png_files import split_pngs, stacked_pngs
from vincicoder.render.processes import communicate
from vincicoder.render.protocol import LanguageRenderer, PageView, Picture, Refusal
from vincicoder.sample import InfrastructureError, Reason

DOTS_PER_INCH = 96

_NO_PICTURE = re.compile(r"No or improper (?:image|shapefile)[^\n]*|No such file or directory[^\n]*")
_TOO_LARGE = re.compile(r"too large for (?:cairo|gd)-renderer|graph is too large")


class GraphvizRenderer:
    """Runs `dot` under CPU, memory and file limits; the layout engine may be named by the graph."""

    def __init__(self) -> None:
        self._limits = RenderLimits()
        self._workspace = Path()

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Remember the limits: there is nothing to warm up."""
        self._limits = limits
        self._workspace = workspace

    def render(self, code: str) -> Picture | Refusal:
        """Lay the graph out and draw it at DOTS_PER_INCH."""
        limits = self._limits
        output = self._workspace / "picture.png"
        try:
            for _ in range(2):
                code_of_end, messages = self._run(code, output)
                if code_of_end != -signal.SIGKILL:  # else killed by someone else: once more
                    break
            if code_of_end != 0 or not output.stat().st_size:
                return _explain(code_of_end, messages)
            if _TOO_LARGE.search(messages):
                return Refusal(Reason.RENDER_TOO_LARGE, messages[:500])
            if (missing := _NO_PICTURE.search(messages)) is not None:
                return Refusal(Reason.RENDER_MISSING_DEPENDENCY, missing[0][:500])
            return stacked_pngs(split_pngs(output.read_bytes()), limits)
        except subprocess.TimeoutExpired:
            return Refusal(Reason.RENDER_TIMEOUT, f"dot was not ready after {limits.wall_seconds * 0.9:g} s")
        except OSError as error:
            raise InfrastructureError(f"cannot run dot: {error}") from error
        finally:
            output.unlink(missing_ok=True)

    def render_page(self, code: str, view: PageView) -> Picture | Refusal:
        """Draw a graph that a Python sample made, as any other."""
        return self.render(code)

    def _run(self, code: str, output: Path) -> tuple[int, str]:
        """Return how dot ended and what it said. Raises subprocess.TimeoutExpired, OSError."""
        limits = self._limits
        # With its own `-o`, dot would put the first of several graphs alone into the file.
        with open(output, "wb") as target:
            process = subprocess.Popen(
                ["dot", "-Tpng:cairo", f"-Gdpi={DOTS_PER_INCH}"],
                stdin=subprocess.PIPE,
                stdout=target,
                stderr=subprocess.PIPE,
                cwd=self._workspace,
                # As on a web server: dot then opens no file that a graph names.
                env={
                    "PATH": "/usr/bin:/bin",
                    "HOME": str(self._workspace),
                    "LC_ALL": "C.UTF-8",
                    "SERVER_NAME": "none",
                    "FONTCONFIG_FILE": str(FONT_CONFIGURATION),
                },
                preexec_fn=lambda: _limit_child(limits),
            )
        messages = communicate(process, limits.wall_seconds * 0.9, code.encode("utf-8", "replace"))
        return process.returncode, messages[-4000:].decode("utf-8", "replace").strip()

    def close(self) -> None:
        """Nothing stays behind."""


def _limit_child(limits: RenderLimits) -> None:
    cpu, memory, size = math.ceil(limits.cpu_seconds), limits.memory_mb << 20, limits.output_mb << 20
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def _explain(code: int, messages: str) -> Refusal:
    if -code == signal.SIGXCPU:
        return Refusal(Reason.RENDER_TIMEOUT, "dot used up its CPU time")
    if -code == signal.SIGXFSZ:
        return Refusal(Reason.RENDER_OUTPUT_LIMIT, "dot wrote more than a sample may")
    if _TOO_LARGE.search(messages):
        return Refusal(Reason.RENDER_TOO_LARGE, messages[:500])
    if "out of memory" in messages or "bad_alloc" in messages:
        return Refusal(Reason.RENDER_OUT_OF_MEMORY, messages[:500])
    if code < 0:
        return Refusal(Reason.RENDER_CRASHED, f"dot died of signal {-code}: {messages[:500]}")
    return Refusal(Reason.RENDER_ERROR, messages[:1500] or "dot drew nothing")


def create() -> GraphvizRenderer:
    """Make the worker-side renderer."""
    return GraphvizRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Version of dot and the resolution."""
    version = first_line_of(["dot", "-V"])
    return {"engine": version, "dpi": str(DOTS_PER_INCH), "fonts": fonts_fingerprint(), "graphs": "all"}


def missing_tools() -> list[str]:
    """Say what to install."""
    return [] if shutil.which("dot") else ["dot is not found: apt-get install graphviz"]


RENDERER = LanguageRenderer(
    fingerprint=fingerprint,
    missing_tools=missing_tools,
    create=create,
    render_page=GraphvizRenderer.render_page,
)
