"""A program that is killed while it is asked is asked again, and never taken for one that is not there."""

from __future__ import annotations

import ctypes.util
from pathlib import Path

import pytest

from vincicoder.program_output import first_line_of, output_of
from vincicoder.render.languages.svg import renderer as svg
from vincicoder.sample import InfrastructureError


def killed(folder: Path, times: int) -> list[str]:
    """A program that is killed at its first starts, and then says its version."""
    program = folder / "program"
    marks = "".join(f"[ -e {folder}/{n} ] || {{ touch {folder}/{n}; kill -9 $$; }}\n" for n in range(times))
    program.write_text(f"#!/bin/sh\n{marks}echo version 3\necho more\n")
    program.chmod(0o755)
    return [str(program)]


def test_a_killed_program_is_asked_again(tmp_path: Path) -> None:
    assert first_line_of(killed(tmp_path, 2)) == "version 3"


def test_a_program_that_is_always_killed_is_a_failure_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(
        InfrastructureError, match=r"program gave no answer 3 times: it was ended by signal 9"
    ):
        output_of(killed(tmp_path, 3))


def test_one_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert output_of([str(tmp_path / "program")]) is None
    assert first_line_of([str(tmp_path / "program")]) == "none"


def test_whether_cairo_is_there_is_asked_without_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(name: str) -> None:
        raise AssertionError(f"a program was asked for {name}")

    monkeypatch.setattr(ctypes.util, "find_library", ask)
    svg._has_cairo.cache_clear()
    assert svg.missing_tools() == []
