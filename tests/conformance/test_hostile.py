"""Runs every hostile sample, and looks at what it left: neighbours, processes, files, network."""

from __future__ import annotations

import importlib
import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.conformance.harness import (
    SECRET,
    Hostile,
    Listener,
    command_lines,
    outcome,
    program_names,
    render_one,
    temporary_entries,
)
from vincicoder.render.registry import LANGUAGES, why_unsupported
from vincicoder.render.sandbox import probe

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from vincicoder.render import RenderEngine

# Kept warm in numbers that depend on what has been drawn: the browser's and TeX's own processes.
_WARM = ("chrom", "headless_shell", "pdflatex", "pdftex")
_GONE_SECONDS = 10.0


def _module(language: str) -> ModuleType:
    return importlib.import_module(f"tests.conformance.hostile_{language.replace('-', '_')}")


def _samples() -> list[object]:
    found: list[object] = []
    for language in LANGUAGES:
        try:
            module = _module(language)
        except ModuleNotFoundError:
            continue
        reason = why_unsupported(language)
        mark = pytest.mark.skipif(bool(reason), reason=reason)
        found += [
            pytest.param(language, sample, id=f"{language}-{sample.name}", marks=mark)
            for sample in module.SAMPLES
        ]
    return found


_neighbours: dict[str, list[str | None]] = {}


def _neighbour(engine: RenderEngine, language: str) -> list[str | None]:
    """Return the pictures of harmless samples, one for each warm process that draws the language."""
    module = _module(language)
    pictures = []
    for code in (module.NEIGHBOUR, getattr(module, "SECOND_NEIGHBOUR", "")):
        if code:
            result = render_one(engine, language, code)
            assert outcome(result) == "rendered", result.detail
            pictures.append(result.pixels_sha256)
    return pictures


def _has_namespaces() -> bool:
    return any(layer.name == "namespaces" and layer.available for layer in probe())


def _others() -> Counter[str]:
    """Count the processes below this one by program, but for those that are kept warm."""
    return Counter(name for name in program_names(os.getpid()) if not name.startswith(_WARM))


def _what_stays(before: Counter[str]) -> Counter[str]:
    """Return the processes that were not there before, once what is ending has ended."""
    deadline = time.monotonic() + _GONE_SECONDS
    while (left := _others() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _more_files_than(before: set[str]) -> set[str]:
    """Return the new entries, once what is ending has ended, where they are more than the old that went.

    A worker that was replaced has an entry of another name, and for a moment two or none.
    """
    deadline = time.monotonic() + _GONE_SECONDS
    while len(now := temporary_entries()) > len(before) and time.monotonic() < deadline:
        time.sleep(0.05)
    return now - before if len(now) > len(before) else set()


@pytest.mark.parametrize(("language", "sample"), _samples())
def test_hostile_sample(
    engine: RenderEngine, listener: Listener, canary: Path, language: str, sample: Hostile
) -> None:
    """The reason is exact, the neighbour's picture unchanged, nothing is left or reached."""
    for each in (language, *LANGUAGES[language].hands_over_to):
        # A language that it may hand over to as well, every time: the sample before may have cost that
        # language's worker, and a new one would be taken for something left.
        if (each != language or each not in _neighbours) and not why_unsupported(each):
            picture = _neighbour(engine, each)
            assert _neighbours.setdefault(each, picture) == picture
    code = sample.code.replace("@PORT@", str(listener.port)).replace("@CANARY@", str(canary))
    entries, processes = temporary_entries(), _others()

    result = render_one(engine, language, code.replace("@SECRET@", SECRET))

    assert outcome(result) == sample.expected, result.detail
    assert sample.says in result.detail
    assert SECRET not in result.detail
    assert _neighbour(engine, language) == _neighbours[language]
    assert listener.calls == []
    assert canary.read_text() == SECRET
    assert _more_files_than(entries) == set()
    assert _what_stays(processes) == Counter()
    below = command_lines(os.getpid()).values()
    assert not [line for line in below if "escaped-daemon" in line]


def test_the_suite_is_large_enough() -> None:
    """At least sixty samples over all the languages, and every language has some."""
    counted = {language: 0 for language in LANGUAGES}
    for parameters in _samples():
        counted[parameters.values[0]] += 1  # type: ignore[attr-defined]
    assert sum(counted.values()) >= 60
    assert all(counted.values()), counted
