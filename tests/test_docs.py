"""What README and docs name is there: links, paths, commands with their options, benchmarks, make targets."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from flows.cli import app
from flows.cli.app import COMMANDS
from tests.imports import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)")
_PATH = re.compile(
    r"`((?:vincicoder|flows|tasks|storage|tests|benchmarks|scripts|requirements|recipes|docs)/[\w./-]+)`"
)
_COMMAND = re.compile(r"^ {4,}((?:[A-Z]+=\S+ )*(?:vincicoder|make|python -m) .*)$", re.MULTILINE)


def commands() -> list[tuple[str, list[str]]]:
    """Return every command that a page shows in a block, as (page, words), comments and pipes cut off."""
    found = []
    for page in PAGES:
        for line in _COMMAND.findall(page.read_text("utf-8")):
            words = shlex.split(re.split(r"\s+#|&&|[|>&]", line)[0])
            words = [word for word in words if not re.fullmatch(r"[A-Z]+=.*", word)]
            found.append((page.name, words))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    linked = [name for name in _LINK.findall(text) if "://" not in name]
    named = [name for name in _PATH.findall(text) if not re.search(r"LANGUAGE|NAME|\.\.\.", name)]
    missing = [name for name in linked if not (page.parent / name).exists()]
    missing += [name for name in named if not (ROOT / name.rstrip("/")).exists()]
    assert missing == []


def problem_of(words: list[str]) -> str:
    """Return why the command line refuses these words before it would run anything, or ''."""
    command: Any = get_command(app)
    context = command.context_class(command, info_name="vincicoder")
    rest = words[1:]
    while hasattr(command, "list_commands"):
        name, *rest = rest or [""]
        found = command.get_command(context, name)
        if found is None:
            fine = command.invoke_without_command and (not name or name.startswith("-"))
            return "" if fine else f"no command {name!r} in {command.name!r}"
        command, context = found, command.context_class(found, parent=context, info_name=name)
    try:
        command.make_context(command.name, rest)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        return str(error.format_message())
    return ""


def test_commands_are_taken_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("chart.py", "answer.py", "target.png"):  # what the pages call the user's own files
        (tmp_path / name).touch()
    shown = [(page, words) for page, words in commands() if words[0] == "vincicoder" and not _is_a_map(words)]
    assert len(shown) >= 40, "the pages show fewer commands than they did: is the pattern still right?"
    problems = {f"{page}: {shlex.join(words)}": problem_of(words) for page, words in shown}
    assert {command: problem for command, problem in problems.items() if problem} == {}


def _is_a_map(words: list[str]) -> bool:
    """Whether a line is of a table of folders or of a list of links, not a command."""
    return words[0].endswith("/")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_each_command_is_taken(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("chart.py", "answer.py", "target.png"):
        (tmp_path / file).touch()
    words = ["vincicoder", *shlex.split(COMMANDS[name].example)]
    assert words[1] == name
    if words[-1] != "--help":  # which ends the process that reads the words
        assert problem_of(words) == ""


def test_modules_and_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for page, words in commands():
        if words[:2] == ["python", "-m"]:
            assert find_spec(words[2]) is not None, f"{page}: {shlex.join(words)}"
        elif words[0] == "make":
            assert re.search(rf"^{re.escape(words[1])}:", makefile, re.MULTILINE), f"{page}: {words}"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("vincicoder build stf", "no command 'stf'"),
        ("vincicoder build sft --limitt 3", "--limitt"),
        ("vincicoder render", "Missing"),
    ],
)
def test_a_wrong_command_is_found(words: str, why: str) -> None:
    assert why in problem_of(words.split())
