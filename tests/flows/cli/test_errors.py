"""Errors that a user can put right end a command with their message; a bug shows its traceback."""

from __future__ import annotations

import ast

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
