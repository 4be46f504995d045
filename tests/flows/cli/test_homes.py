"""What is wrong with a home is said in one line, by every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app


@pytest.mark.parametrize("command", [["audit"], ["release", "show"], ["build", "rl"], ["refine", "costs"]])
def test_a_file_is_no_home(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = CliRunner().invoke(app, [*command, "--home", str(tmp_path / "file")])
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert f"home {tmp_path / 'file'} is a file; give a folder" in done.output


def test_an_unknown_protocol_is_named() -> None:
    done = CliRunner().invoke(app, ["audit", "--home", "nowhere://bucket"])
    assert done.exit_code == 1
    assert "home nowhere://bucket cannot be opened" in done.output
