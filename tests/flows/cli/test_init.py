"""`vincicoder init`: what it writes can be used, and it overwrites nothing. And how help is grouped."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from typer.testing import CliRunner

from flows.cli import app
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
    assert "Example: vincicoder sql" in CliRunner().invoke(app, ["sql", "--help"]).output
