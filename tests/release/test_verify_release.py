"""A release that is whole passes; every kind of damage is found and named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage.schemas import RELEASE_SCHEMA
from tests.releases import Releases, copy_of

TRAIN = "data/train-00000-of-00001.parquet"
HELD = "data/validation-00000-of-00001.parquet"
Rows = list[dict[str, Any]]


def read(folder: Path, path: str = TRAIN) -> Rows:
    rows: Rows = pq.read_table(folder / path).to_pylist()
    return rows


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def write(folder: Path, rows: Rows, path: str = TRAIN) -> None:
    """Write rows, and make the manifest agree: a fault of the maker's, not of the copy's."""
    pq.write_table(pa.Table.from_pylist(rows, RELEASE_SCHEMA), folder / path)
    data = (folder / path).read_bytes()

    def change(manifest: dict[str, Any]) -> None:
        for entry in manifest["files"]:
            if entry["path"] == path:
                entry |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "rows": len(rows)}
        counted = {"train": 0, "validation": 0}
        for entry in manifest["files"]:
            for split in counted:
                counted[split] += entry["rows"] if entry["path"].startswith(f"data/{split}") else 0
        manifest["rows"] = counted

    edit_manifest(folder, change)


def bytes_changed(folder: Path) -> None:
    data = bytearray((folder / TRAIN).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / TRAIN).write_bytes(data)


def file_missing(folder: Path) -> None:
    (folder / HELD).unlink()


def stray_file(folder: Path) -> None:
    (folder / "data/train-00001-of-00002.parquet").write_bytes((folder / TRAIN).read_bytes())


def row_removed(folder: Path) -> None:
    write(folder, read(folder)[1:])


def row_twice(folder: Path) -> None:
    rows = read(folder)
    write(folder, [*rows, rows[0]])


def image_broken(folder: Path) -> None:
    rows = read(folder)
    rows[0]["image"]["bytes"] = rows[0]["image"]["bytes"][:60]
    write(folder, rows)


def size_wrong(folder: Path) -> None:
    rows = read(folder)
    rows[0]["image_width"] += 1
    write(folder, rows)


def no_image_tag(folder: Path) -> None:
    rows = read(folder)
    rows[0]["instruction"] = rows[0]["instruction"].removeprefix("<image>")
    rows[0]["messages"][0]["content"] = rows[0]["instruction"]
    write(folder, rows)


def another_prompt(folder: Path) -> None:
    rows = read(folder)
    rows[0]["messages"][0]["content"] += " Please."
    write(folder, rows)


def answer_changed(folder: Path) -> None:
    rows = read(folder)
    rows[0]["code"] += " "
    write(folder, rows)


def flaw_is_answer(folder: Path) -> None:
    rows = read(folder)
    row = next(row for row in rows if row["task"] == "refine")
    old, row["flawed_code"] = row["flawed_code"].rstrip(), row["code"]
    row["instruction"] = row["instruction"].replace(old, row["code"].rstrip())
    row["messages"][0]["content"] = row["instruction"]
    write(folder, rows)


def target_straddles(folder: Path) -> None:
    rows, held = read(folder), read(folder, HELD)
    moved = next(row for row in rows if row["task"] == "refine")
    rows.remove(moved)
    write(folder, rows)
    write(folder, [*held, {**moved, "split": "validation"}], HELD)


def cluster_straddles(folder: Path) -> None:
    with duckdb.connect(str(folder / "catalog.duckdb")) as catalog:
        catalog.execute(
            "UPDATE samples SET cluster_id = (SELECT min(cluster_id) FROM samples WHERE split = 'train') "
            "WHERE sample_id = (SELECT min(sample_id) FROM samples WHERE split = 'validation')"
        )


def count_wrong(folder: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["rows"]["train"] += 1

    edit_manifest(folder, change)


def no_catalogue(folder: Path) -> None:
    (folder / "catalog.duckdb").unlink()


def catalogue_garbage(folder: Path) -> None:
    (folder / "catalog.duckdb").write_bytes(b"nothing of the kind" * 1000)


def columns_lost(folder: Path) -> None:
    pq.write_table(pq.read_table(folder / TRAIN).drop_columns(["license"]), folder / TRAIN)


@pytest.mark.parametrize(
    ("damage", "kind", "words"),
    [
        (bytes_changed, "files", "not what was published"),
        (file_missing, "files", "is missing"),
        (stray_file, "files", "is not in the manifest"),
        (row_removed, "catalogue", "the catalogue has"),
        (row_twice, "ids", "is there twice"),
        (image_broken, "pictures", "does not decode"),
        (size_wrong, "pictures", "stated"),
        (no_image_tag, "prompts", "<image> must be there once"),
        (another_prompt, "prompts", "is not the instruction"),
        (answer_changed, "answers", "code_sha256"),
        (flaw_is_answer, "prompts", "its flawed code is the answer"),
        (target_straddles, "leakage", "its target is in"),
        (cluster_straddles, "catalogue", "cluster"),
        (count_wrong, "counts", "the manifest says"),
        (no_catalogue, "catalogue", "is missing"),
        (catalogue_garbage, "catalogue", "cannot be read"),
        (columns_lost, "schema", "does not have the columns"),
    ],
)
def test_damage_is_found_and_named(
    releases: Releases, tmp_path: Path, damage: Callable[[Path], None], kind: str, words: str
) -> None:
    folder = copy_of(releases.first, tmp_path / "copy")
    damage(folder)
    done = CliRunner().invoke(app, ["release", "verify", str(folder), "--json"])
    assert done.exit_code == 1, done.output
    problems = json.loads(done.output)["problems"]
    assert any(line.startswith(f"{kind}: ") and words in line for line in problems), problems


def test_a_whole_release_passes_wherever_it_lies(releases: Releases, tmp_path: Path) -> None:
    for folder in (releases.first, releases.second, copy_of(releases.first, tmp_path / "copy")):
        done = CliRunner().invoke(app, ["release", "verify", str(folder), "--json"])
        assert (done.exit_code, json.loads(done.output)["problems"]) == (0, [])


def test_a_list_for_people_has_a_line_for_each_problem(releases: Releases, tmp_path: Path) -> None:
    folder = copy_of(releases.first, tmp_path / "copy")
    no_catalogue(folder)
    count_wrong(folder)
    done = CliRunner().invoke(app, ["release", "verify", str(folder)])
    assert done.exit_code == 1
    *listed, last = done.output.splitlines()
    assert [line.partition(":")[0] for line in listed] == ["- counts", "- catalogue"]
    assert last.endswith("2 problems")


def test_what_is_no_release_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["release", "verify", str(tmp_path)])
    assert done.exit_code == 2
    assert "must be a release's folder" in done.output
