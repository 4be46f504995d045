"""Where hostile samples run: an engine with secrets around it, and a look at what each sample left."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest import mock

from vincicoder.render.api import RenderLimits, RenderRequest, RenderResult
from vincicoder.render.configuration import FAULTS_VARIABLE
from vincicoder.render.engine.engine import RenderEngine
from vincicoder.render.languages.hostile_sample import Hostile
from vincicoder.render.registry import LANGUAGES, why_unsupported
from vincicoder.render.self_check.listener import Listener
from vincicoder.render.self_check.processes import command_lines, program_names
from vincicoder.sample import Reason

SECRET = "the-canary-sang-at-noon"
FAULT_WORD = f"fault-{secrets.token_hex(16)}"
# Tight, so that bombs are over soon. A slow machine may need more CPU time for what is to end otherwise.
LIMITS = RenderLimits(cpu_seconds=4, wall_seconds=30, memory_mb=768, output_mb=16)
PATIENT_LIMITS = replace(LIMITS, cpu_seconds=RenderLimits().cpu_seconds, wall_seconds=120)

# Kept warm in numbers that depend on what has been drawn: the browser's and TeX's own processes.
_WARM = ("chrom", "headless_shell", "pdflatex", "pdftex")
_GONE_SECONDS = 10.0

# More than what a worker may have before it is killed for it: the limit, and what it keeps between samples.
_CHUNK_BYTES, _CHUNKS = 64 << 20, 48


class Arena:
    """An engine of one worker at a time, with a secret in its environment, a file and a port that no sample
    may reach, and a temporary folder of its own. While it is open, `tempfile` of this process uses that."""

    def __enter__(self) -> Self:
        self._open = ExitStack()
        base = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="vincicoder-arena-")))
        self.canary = base / "canary" / "secret.txt"
        self.canary.parent.mkdir()
        self.canary.write_text(SECRET)
        self._folder = base / "engine"
        self._folder.mkdir()
        self.listener = Listener()
        self.listener.start()
        self._open.callback(self.listener.stop)
        self._open.enter_context(mock.patch.object(tempfile, "tempdir", str(self._folder)))
        self._open.enter_context(
            mock.patch.dict(os.environ, {"VINCICODER_CANARY": SECRET, FAULTS_VARIABLE: FAULT_WORD})
        )
        self.engine = self._open.enter_context(RenderEngine(LIMITS, workers=1))
        self._first_pictures: dict[str, list[str]] = {}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def render(self, language: str, code: str) -> RenderResult:
        """Render one sample and return its result."""
        (result,) = list(self.engine.render([RenderRequest("one", language, code)]))
        return result

    def attack(self, language: str, sample: Hostile) -> list[str]:
        """Run a hostile sample; return what is wrong: another reason than expected, a neighbour's picture
        that changed, and whatever the sample read, reached or left. Empty where all is well."""
        for each in (language, *LANGUAGES[language].hands_over_to):
            # A language that it may hand over to as well, every time: the sample before may have cost that
            # language's worker, and a new one would be taken for something left.
            if (each != language or each not in self._first_pictures) and not why_unsupported(each):
                problems = self._changed_neighbours(each)
                if problems:
                    return problems
        code = sample.code.replace("@PORT@", str(self.listener.port)).replace("@CANARY@", str(self.canary))
        entries, processes = self._entries(), _others()
        code = code.replace("@SECRET@", SECRET).replace("@FAULT@", FAULT_WORD)
        if "@FAULT@ allocate" in sample.code:
            _touch_memory()
        result = self.render(language, code)
        details, problems = result.detail, self._changed_neighbours(language)
        if outcome(result) == Reason.RENDER_TIMEOUT != sample.expected:
            with RenderEngine(PATIENT_LIMITS, workers=1) as patient:
                result = patient.render_one(code, language)
                problems += self._changed_neighbours(language, patient)
            details += result.detail

        came = outcome(result)
        if came != sample.expected:
            problems.append(f"{came} instead of {sample.expected}: {result.detail[:300]}")
        elif sample.says not in result.detail:
            problems.append(f"the detail does not say {sample.says!r}: {result.detail[:300]}")
        if SECRET in details:
            problems.append("the detail holds the secret")
        if self.listener.calls:
            problems.append(f"the listener was reached: {', '.join(self.listener.calls)}")
            self.listener.calls.clear()
        if self.canary.read_text() != SECRET:
            problems.append("the canary's file was changed")
        if left := self._more_entries_than(entries):
            problems.append(f"left in the engine's folder: {', '.join(sorted(left))}")
        if stays := _what_stays(processes):
            problems.append(f"left processes: {dict(stays)}")
        if escaped := [line for line in command_lines(os.getpid()).values() if "escaped-daemon" in line]:
            problems.append(f"escaped: {escaped[0]}")
        return problems

    def _changed_neighbours(self, language: str, engine: RenderEngine | None = None) -> list[str]:
        """Render harmless programs and compare their pictures with those of the first time."""
        pictures: list[str] = []
        for code in LANGUAGES[language].hostile().neighbours:
            result = (engine or self.engine).render_one(code, language)
            if outcome(result) != "rendered":
                return [f"a harmless {language} program is {outcome(result)}: {result.detail[:300]}"]
            pictures.append(result.pixels_sha256 or "")
        if self._first_pictures.setdefault(language, pictures) != pictures:
            return [f"a harmless {language} program is drawn differently after it"]
        return []

    def _entries(self) -> set[str]:
        """Return what lies in the engine's temporary folder: one entry for each living worker."""
        return {path.name for path in self._folder.iterdir()}

    def _more_entries_than(self, before: set[str]) -> set[str]:
        """Return the new entries, once what is ending has ended, where they are more than the old that went.

        A worker that was replaced has an entry of another name, and for a moment two or none.
        """
        deadline = time.monotonic() + _GONE_SECONDS
        while len(now := self._entries()) > len(before) and time.monotonic() < deadline:
            time.sleep(0.05)
        return now - before if len(now) > len(before) else set()


def outcome(result: RenderResult) -> str:
    """Return the reason's name, or the status where there is none."""
    return result.reason.value if result.reason is not None else result.status.value


def _others() -> Counter[str]:
    """Count the processes below this one by program, but for those that are kept warm."""
    return Counter(name for name in program_names(os.getpid()) if not name.startswith(_WARM))


def _what_stays(before: Counter[str]) -> Counter[str]:
    """Return the processes that were not there before, once what is ending has ended."""
    deadline = time.monotonic() + _GONE_SECONDS
    while (left := _others() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _touch_memory() -> None:
    """Take as much memory as the sample will, and give it back.

    A virtual machine may have to be given it by its host first, which can cost more CPU time than the limit:
    3 GB took 6 s so, and 1 s the next time.
    """
    for chunk in [b"x" * _CHUNK_BYTES for _ in range(_CHUNKS)]:
        assert chunk
