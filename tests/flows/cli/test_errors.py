"""Errors that a user can put right end a command with their message; a bug shows its traceback."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage.errors import HomeBusyError
from tasks.sft.publish import NothingKeptError
from tests.imports import PACKAGES, python_files
from vincicoder.refine.config import RefineConfigError
from vincicoder.sample import InfrastructureError
from vincicoder.sources.own.corpus_config import SourceConfigError

# Raised and caught inside one part of the project: they never reach a command.
_INTERNAL = """
AbandonedError BrowserGoneError BrowserStalledError BudgetExceededError BuildStoppedError
DamagedObjectError DataRefusedError FullError NotDrawnError NotSelfContainedError NotebookError
PageCrashedError PreambleError ProtocolError RenderError RewardError SampleRefusedError SpreadsheetError
SvgError TooLargeError WireError
"""


@pytest.mark.parametrize(
    "error",
    [
        NothingKeptError("received 3 rows and kept none"),
        SourceConfigError("received no path"),
        RefineConfigError("received maker 'x'"),
        HomeBusyError("another build runs"),
        InfrastructureError("the browser does not start"),
        FileNotFoundError("no recipe file x.yaml"),
    ],
)
def test_what_a_user_can_put_right_is_no_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("flows.cli.build._run", fail)
    done = CliRunner().invoke(app, ["build", "sft"])
    assert (done.exit_code, done.stderr) == (1, f"vincicoder: {error}\n")


def test_a_bug_shows_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("flows.cli.build._run", fail)
    done = CliRunner().invoke(app, ["build", "sft"])
    assert isinstance(done.exception, ZeroDivisionError)


def test_every_error_of_the_project_is_a_users_an_infrastructures_or_internal() -> None:
    bases: dict[str, set[str]] = {}
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Error") and node.name[0] != "_":
                bases[node.name] = {ast.unparse(base) for base in node.bases}
    known = {"UserError", "InfrastructureError"}
    while more := {name for name in bases if name not in known and bases[name] & known}:
        known |= more
    assert set(bases) - known == set(_INTERNAL.split())


@pytest.mark.parametrize(
    "words",
    [
        ["audit", "--home", ""],
        ["build", "sft", "--home="],
        ["build", "rl", "--checkpoint", ""],
        ["sql", ""],
    ],
)
def test_an_empty_word_is_refused_by_name(words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    named = words[-1].removesuffix("=") or words[-2]
    assert f"received nothing for {named}" in " ".join(done.output.split())


def test_the_home_of_no_user_is_no_traceback() -> None:
    done = CliRunner().invoke(app, ["build", "sft", "--benchmark", "chartmimic=~nosuchuser/x"])
    assert done.exit_code == 1
    assert "starts with ~ and the name of no user" in done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["build", "sft", "--source", "=/data"], "unknown corpus ''"),
        (["build", "sft", "--source", "web2code="], "goes after ="),
        (["build", "sft", "--source", "web2code=/a", "--source", "web2code=/b"], "different names"),
        (["serve-reward", "--host", "192.0.2.1"], "no service can listen"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], says: str, tmp_path: Path) -> None:
    rest = ["--profile", "none", "--home", str(tmp_path)] if words[0] == "build" else []
    done = CliRunner().invoke(app, [*words, *rest])
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit), done.output
    assert says in done.output and done.output.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["serve-reward", "--port", "99999"],
        ["serve-reward", "--workers", "0"],
        ["build", "sft", "--refine-share", "nan"],
    ],
)
def test_what_is_out_of_bounds_is_refused(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2


def test_a_folder_is_no_program(tmp_path: Path) -> None:
    (tmp_path / "x.py").mkdir()
    (tmp_path / "y.py").write_bytes("# caf\xe9\nprint(1)\n".encode("cp1252"))
    assert CliRunner().invoke(app, ["refine", "try", str(tmp_path / "x.py")]).exit_code == 2
    assert CliRunner().invoke(app, ["refine", "try", str(tmp_path / "y.py")]).exit_code == 0
