"""Runs every hostile sample, and looks at what it left: neighbours, processes, files, network."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import pytest

from tests.conformance.harness import (
    SECRET,
    Hostile,
    Listener,
    command_lines,
    outcome,
    render_one,
    temporary_entries,
)
from vincicoder.render.registry import LANGUAGES, why_unsupported

if TYPE_CHECKING:
    from pathlib import Path

    from vincicoder.render import RenderEngine

_LANGUAGES = ("python", "svg", "html", "latex", "graphviz")


def _samples() -> list[object]:
    found: list[object] = []
    for language in _LANGUAGES:
        try:
            module = importlib.import_module(f"tests.conformance.hostile_{language}")
        except ModuleNotFoundError:
            continue
        reason = why_unsupported(language)
        mark = pytest.mark.skipif(bool(reason), reason=reason)
        found += [
            pytest.param(language, sample, id=f"{language}-{sample.name}", marks=mark)
            for sample in module.SAMPLES
        ]
    return found


_neighbours: dict[str, str | None] = {}


def _neighbour(engine: RenderEngine, language: str) -> str | None:
    code = importlib.import_module(f"tests.conformance.hostile_{language}").NEIGHBOUR
    result = render_one(engine, language, code)
    assert outcome(result) == "rendered", result.detail
    return result.pixels_sha256


@pytest.mark.parametrize(("language", "sample"), _samples())
def test_hostile_sample(
    engine: RenderEngine, listener: Listener, canary: Path, language: str, sample: Hostile
) -> None:
    """The reason is exact, the neighbour's picture unchanged, nothing is left or reached."""
    if language not in _neighbours:
        _neighbours[language] = _neighbour(engine, language)
    code = sample.code.replace("@PORT@", str(listener.port)).replace("@CANARY@", str(canary))
    entries = temporary_entries()

    result = render_one(engine, language, code.replace("@SECRET@", SECRET))

    assert outcome(result) == sample.expected, result.detail
    assert sample.says in result.detail
    assert SECRET not in result.detail
    assert _neighbour(engine, language) == _neighbours[language]
    assert listener.calls == []
    assert canary.read_text() == SECRET
    assert temporary_entries() == entries
    below = command_lines(os.getpid()).values()
    assert not [line for line in below if "escaped-daemon" in line]


def test_the_suite_is_large_enough() -> None:
    """At least sixty samples over all the languages, and every language has some."""
    counted = {language: 0 for language in LANGUAGES}
    for parameters in _samples():
        counted[parameters.values[0]] += 1  # type: ignore[attr-defined]
    assert sum(counted.values()) >= 60
    assert all(counted.values()), counted
