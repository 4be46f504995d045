"""`vincicoder init`: what it writes can be used, and it overwrites nothing. And how help is grouped."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command
from typer.testing import CliRunner

from flows.cli import app
from tests.imports import ROOT
from vincicoder.sources.own.source_config import load_source_config


def test_the_file_declares_a_source_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    done = CliRunner().invoke(app, ["init", str(file)])
    assert done.exit_code == 0, done.output
    assert f"vincicoder build sft --profile none --source-config {file}" in done.output
    (tmp_path / "charts.jsonl").write_text(json.dumps({"code": "print(1)", "picture": None}) + "\n")
    (source,) = load_source_config(file)
    assert (source.info.name, source.info.license, source.count()) == ("our-charts", "CC-BY-4.0", 1)
    before = file.read_bytes()
    again = CliRunner().invoke(app, ["init", str(file)])
    assert again.exit_code == 2 and "is there already" in again.output
    assert file.read_bytes() == before


def test_every_line_that_is_switched_off_would_be_taken(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    CliRunner().invoke(app, ["init", str(file)])
    lines = file.read_text("utf-8").splitlines()
    switched_on = [
        line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in lines[3:]
    ]
    kept = [line for line in switched_on if not line.startswith("  Another kind")]
    file.write_text("\n".join(kept), "utf-8")
    assert len(yaml.safe_load(file.read_text("utf-8"))["sources"]) == 2
    assert [source.info.name for source in load_source_config(file)] == ["our-charts", "our-pages"]


def test_help_groups_the_commands_and_ends_with_an_example() -> None:
    listed = CliRunner().invoke(app, ["--help"]).output
    places = [listed.index(panel) for panel in ("Build", "Look", "Train and judge", "This machine")]
    assert places == sorted(places)
    assert "130 interrupted" in listed
    assert "Example: vincicoder sql" in CliRunner().invoke(app, ["sql", "--help"]).output


def test_the_example_of_every_command_is_one_that_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("chart.py", "answer.py", "target.png"):
        (tmp_path / name).touch()
    (tmp_path / "recipes").symlink_to(ROOT / "recipes")
    root = get_command(app)
    context = root.make_context("vincicoder", [], resilient_parsing=True)
    examined = 0
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        for each in (command, *getattr(command, "commands", {}).values()):
            words = shlex.split(each.epilog.removeprefix("Example: vincicoder "))
            assert words[0] == name, each.epilog
            if "--help" not in words:
                named = [command, *(getattr(command, "commands", {}).get(word) for word in words[1:2])]
                inner = next(found for found in reversed(named) if found is not None)
                inner.make_context(name, words[1 if inner is command else 2 :])
            examined += 1
    assert examined > 30
