"""What is wrong with a home is said in one line, by every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage.home import Home


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


@pytest.mark.parametrize("home", ["s3:/bucket/runs", "s3:bucket", "file:/data/home", "s3a:/bucket"])
def test_half_a_uri_makes_no_folder(home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["build", "sft", "--profile", "none", "--home", home])
    assert done.exit_code == 1
    assert f"home {home} cannot be opened: it starts like a URI" in done.output
    assert "start with one of s3://, gs://, az://, memory://" in done.output
    assert f"give ./{home}" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["./s3:old", "runs:2026", "a:/b"])
def test_a_folder_may_have_a_colon(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home(folder).local_path("x") == tmp_path / folder / "x"
