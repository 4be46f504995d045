"""The revision of a local source covers all that its rows are made of, pictures too; no file stays open."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vincicoder.sources.own.source_config import load_source_config

CODE = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def revision(config: Path) -> str:
    return load_source_config(config)[0].revision()


def write_config(folder: Path, **fields: str) -> Path:
    entry = {"name": "own", "domain": "svg", "license": "CC0-1.0", "citation": "ours", **fields}
    path = folder / "own.yaml"
    path.write_text(json.dumps({"sources": [entry]}))
    return path


def named_in_rows(folder: Path) -> tuple[Path, Path]:
    (folder / "pictures").mkdir()
    picture = folder / "pictures/a.png"
    picture.write_bytes(b"first")
    rows = [{"code": CODE, "image": "pictures/a.png"}, {"code": CODE, "image": None}]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    fields = {"format": "jsonl", "path": "rows.jsonl", "language": "svg", "image_column": "image"}
    return write_config(folder, **fields), picture


def beside_programs(folder: Path) -> tuple[Path, Path]:
    (folder / "programs/images").mkdir(parents=True)
    (folder / "programs/a.svg").write_text(CODE)
    picture = folder / "programs/images/a.png"
    picture.write_bytes(b"first")
    return write_config(folder, format="folder", path="programs"), picture


@pytest.mark.parametrize("layout", [named_in_rows, beside_programs])
def test_a_changed_picture_is_another_revision(tmp_path: Path, layout: object) -> None:
    assert callable(layout)
    config, picture = layout(tmp_path)
    first = revision(config)
    (tmp_path / "home").mkdir()
    (tmp_path / "home/samples.png").write_bytes(b"not of the source")
    assert revision(config) == first
    picture.write_bytes(b"other")
    second = revision(config)
    picture.unlink()
    assert len({first, second, revision(config)}) == 3


def test_reading_many_files_keeps_few_open(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for number in range(40):
        table = pa.table({"code": [f"{CODE}<!-- {number} {row} -->" for row in range(3)]})
        pq.write_table(table, tmp_path / f"data/{number:02d}.parquet")
    config = write_config(tmp_path, format="parquet", path="data", language="svg")
    source = load_source_config(config)[0]
    before = open_files()
    for start in range(0, 120, 2):  # shards end within files
        assert len(list(source.rows(start, start + 2))) == 2
    assert open_files() - before <= 10


def test_a_reader_that_stops_closes_its_file(tmp_path: Path) -> None:
    pq.write_table(pa.table({"code": [CODE] * 5}), tmp_path / "rows.parquet")
    config = write_config(tmp_path, format="parquet", path="rows.parquet", language="svg")
    source = load_source_config(config)[0]
    source.count()
    before = open_files()
    rows = source.rows(0, 5)
    next(rows)
    assert open_files() > before
    del rows
    assert open_files() == before


@pytest.mark.parametrize("layout", [named_in_rows, beside_programs])
def test_a_source_is_hashed_once_however_many_shards_ask(
    tmp_path: Path, layout: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(layout)
    config, _ = layout(tmp_path)
    source = load_source_config(config)[0]
    first = source.revision()
    read = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or b"")
    again = pickle.loads(pickle.dumps(source))  # as it goes to another process
    assert [source.revision(), again.revision()] == [first, first]
    assert read == []
