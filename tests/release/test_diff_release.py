"""What changed between two releases, and why; what a push would upload."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage.diff import diff_releases
from storage.push import plan_push
from tests.imports import ROOT
from tests.releases import Releases, copy_of, rows_of


def test_a_release_is_the_same_as_itself(releases: Releases) -> None:
    found = diff_releases(releases.first, releases.first)
    assert found.same
    assert found.rows[0] == len(rows_of(releases.first))


def test_rows_that_went_say_why(releases: Releases) -> None:
    found = diff_releases(releases.first, releases.second)
    removed = {(source, task, why): rows for source, task, why, rows in found.removed}
    assert removed["own-svg", "direct", "the source did not give it"] >= 2
    assert removed["own-chart", "direct", "the source did not give it"] == 1
    before = {row["sample_id"] for row in rows_of(releases.first)}
    after = {row["sample_id"] for row in rows_of(releases.second)}
    assert sum(found_rows for *_, found_rows in found.removed) == len(before - after)
    assert sum(found_rows for *_, found_rows in found.added) == len(after - before)
    assert found.rows == (len(before), len(after))
    assert any(name.startswith("source") for name, _, _ in found.settings), found.settings


def test_the_other_way_round_mirrors_it(releases: Releases) -> None:
    there = diff_releases(releases.first, releases.second)
    back = diff_releases(releases.second, releases.first)
    assert [row[:2] + row[3:] for row in sorted(there.added)] == [
        row[:2] + row[3:] for row in sorted(back.removed)
    ]
    assert sorted(there.changed) == sorted(back.changed)


def test_the_command_speaks_and_gives_json(releases: Releases) -> None:
    command = ["release", "diff", str(releases.first), str(releases.second)]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    assert "direct of own-chart: the source did not give it" in told.output
    found = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert found["same"] is False
    assert found["rows"] == [len(rows_of(releases.first)), len(rows_of(releases.second))]


def test_a_folder_without_catalogue_is_refused(releases: Releases, tmp_path: Path) -> None:
    folder = copy_of(releases.first, tmp_path / "copy")
    (folder / "catalog.duckdb").unlink()
    done = CliRunner().invoke(app, ["release", "diff", str(folder), str(releases.first)])
    assert done.exit_code == 2
    assert "is no whole release" in done.output


def test_a_push_shows_its_plan_and_uploads_nothing(releases: Releases) -> None:
    plan = plan_push(releases.first, "someone/shapes")
    names = [name for name, _ in plan.files]
    assert {"README.md", "manifest.json", "catalog.duckdb"} < set(names)
    on_disk = [p for p in releases.first.rglob("*") if p.is_file()]
    assert sorted(names) == sorted(str(p.relative_to(releases.first)) for p in on_disk)
    assert plan.bytes == sum(p.stat().st_size for p in on_disk)
    done = CliRunner().invoke(app, ["release", "push", str(releases.first), "--to", "someone/shapes"])
    assert done.exit_code == 0, done.output
    assert "nothing was uploaded" in done.output


def test_a_hub_that_does_not_answer_is_one_line(releases: Releases, tmp_path: Path) -> None:
    command = ["release", "push", str(releases.first), "--to", "someone/shapes", "--really"]
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *command],
        cwd=ROOT,
        env={**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "VINCICODER_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("vincicoder: someone/shapes was not uploaded whole: ")
    assert "the same command goes on" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("header", ["---\nlicense: [\n---\n", "no header at all\n"])
def test_a_card_that_a_hub_would_refuse_is_refused_here(
    releases: Releases, tmp_path: Path, header: str
) -> None:
    folder = copy_of(releases.first, tmp_path / "copy")
    (folder / "README.md").write_text(header)
    done = CliRunner().invoke(app, ["release", "push", str(folder), "--to", "someone/shapes"])
    assert done.exit_code == 2, done.output
