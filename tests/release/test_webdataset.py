"""A release as WebDataset: `datasets` reads every row of it, and the same release gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datasets import load_dataset
from typer.testing import CliRunner

import storage.webdataset
from flows.cli import app
from storage.webdataset import export_webdataset
from tests.releases import Releases, rows_of


def test_datasets_reads_every_row(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.webdataset, "ROWS_PER_TAR", 7)
    command = ["release", "export", str(releases.first), "-o", str(tmp_path / "a"), "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    expected = {row["sample_id"]: row for row in rows_of(releases.first)}
    assert sum(json.loads(done.output)["rows"].values()) == len(expected)
    patterns = {split: str(tmp_path / f"a/{split}-*.tar") for split in ("train", "validation")}
    loaded = load_dataset("webdataset", data_files=patterns, streaming=True)
    for split, rows in loaded.items():
        wanted = {name for name, row in expected.items() if row["file_split"] == split}
        assert len(wanted) > 7
        for row in rows:
            published = expected.pop(row["__key__"])
            wanted.remove(row["__key__"])
            assert row["png"].size == (published["image_width"], published["image_height"])
            assert row["json"]["code"] == published["code"]
            assert row["json"]["messages"] == published["messages"]
        assert not wanted
    assert not expected
    export_webdataset(releases.first, tmp_path / "b")
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(names) > 3
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_is_no_release_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["release", "export", str(tmp_path), "--home", str(tmp_path)])
    assert done.exit_code == 2 and f"received release '{tmp_path}'" in done.output
