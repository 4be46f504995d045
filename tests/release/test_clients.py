"""Real clients read a release as it lies: datasets, ms-swift, DuckDB, pandas, polars."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pytest
from PIL import Image

from tests.imports import ROOT
from tests.releases import Releases, rows_of
from vincicoder.train.launch import startup_folder


def test_datasets_loads_the_folder_by_its_card_and_decodes(releases: Releases, tmp_path: Path) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(releases.first), cache_dir=str(tmp_path))
    expected = rows_of(releases.first)
    assert {name: len(rows) for name, rows in loaded.items()} == {
        name: sum(row["file_split"] == name for row in expected) for name in ("train", "validation")
    }
    for rows in loaded.values():
        for row in rows:
            assert row["image"].size == (row["image_width"], row["image_height"])
            assert row["messages"][0]["content"].count("<image>") == 1
            assert (row["flawed_code"] is not None) == (row["task"] == "refine")


def test_plain_duckdb_pandas_and_polars(releases: Releases) -> None:
    expected = rows_of(releases.first)
    pattern = f"{releases.first}/data/*.parquet"
    counted = duckdb.sql(
        f"SELECT task, count(*), sum(octet_length(image.bytes)) FROM '{pattern}' GROUP BY task ORDER BY task"
    ).fetchall()
    assert counted == [
        (
            task,
            sum(row["task"] == task for row in expected),
            sum(len(row["image"]["bytes"]) for row in expected if row["task"] == task),
        )
        for task in ("direct", "refine")
    ]
    first = next((releases.first / "data").glob("train-*"))
    held = [row for row in expected if row["file_split"] == "train"]
    frame, table = pandas.read_parquet(first), polars.read_parquet(first)
    assert len(frame) == table.height == len(held)
    assert list(frame["sample_id"]) == table["sample_id"].to_list() == [row["sample_id"] for row in held]
    for encoded in (frame["image"][0]["bytes"], table["image"][0]["bytes"]):
        with Image.open(io.BytesIO(encoded)) as image:
            assert image.size == (held[0]["image_width"], held[0]["image_height"])


def test_swift_loads_every_row_strictly(releases: Releases, tmp_path: Path) -> None:
    pytest.importorskip("swift")
    files = sorted(str(path) for path in (releases.first / "data").glob("*.parquet"))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(startup_folder()), str(ROOT)]),
        "HF_HOME": str(tmp_path / "hf"),
        "MODELSCOPE_CACHE": str(tmp_path / "ms"),
        "HF_HUB_OFFLINE": "1",
    }
    program = str(Path(__file__).with_name("clients_program.py"))
    done = subprocess.run(
        [sys.executable, program, *files], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    expected = rows_of(releases.first)
    assert found["rows"] == len(expected)
    assert sorted(map(tuple, found["sizes"])) == sorted(
        (row["image_width"], row["image_height"]) for row in expected
    )
    assert [message["role"] for message in found["messages"]] == ["user", "assistant"]
    assert found["messages"][0]["content"].startswith("<image>")


def test_mlcroissant_reads_the_rows_by_the_description(releases: Releases) -> None:
    import mlcroissant

    described = mlcroissant.Dataset(releases.first / "croissant.json")
    assert not described.metadata.issues.errors  # type: ignore[attr-defined]
    rows = list(described.records("rows/train"))
    expected = {row["sample_id"]: row for row in rows_of(releases.first) if row["file_split"] == "train"}
    assert sorted(row["rows/train/sample_id"].decode() for row in rows) == sorted(expected)
    for row in rows:
        published = expected[row["rows/train/sample_id"].decode()]
        assert row["rows/train/code"].decode() == published["code"]
        assert row["rows/train/image"].size == (published["image_width"], published["image_height"])
        (asked, answer) = row["rows/train/messages"]
        assert answer["rows/train/messages/content"].decode() == published["messages"][1]["content"]
        assert asked["rows/train/messages/role"] == b"user"
