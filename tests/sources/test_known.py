"""Facts about large files: found out once, and anew where a file was written to."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from vincicoder.sources import known
from vincicoder.sources.hub.json_rows import JsonRows
from vincicoder.sources.hub.tree import FileTree
from vincicoder.sources.own.source_config import load_source_config

_AN_HOUR_AGO = time.time() - 3600


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every file is large, all are settled, and the facts lie in a folder of their own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(known, "LARGE_BYTES", 0)
    monkeypatch.setattr(known, "_SETTLED_SECONDS", -60.0)
    return tmp_path / "cache/vincicoder/known"


def asked(path: Path, what: str = "a fact") -> bool:
    """Whether a fact about a file is found out anew."""
    calls: list[int] = []

    def find() -> bytes:
        calls.append(1)
        return path.read_bytes()[:4]

    assert known.remembered([path], what, find) == path.read_bytes()[:4]
    return bool(calls)


def test_a_fact_is_found_out_once_and_again_after_each_write(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"one of them")
    assert [asked(path), asked(path), asked(path, "another fact")] == [True, False, True]
    path.write_bytes(b"two of them")
    os.utime(path, (_AN_HOUR_AGO, _AN_HOUR_AGO))  # ctime tells
    assert [asked(path), asked(path)] == [True, False]
    replaced = tmp_path / "new"
    replaced.write_bytes(b"six of them")
    os.utime(replaced, (_AN_HOUR_AGO, _AN_HOUR_AGO))
    replaced.replace(path)
    assert [asked(path), asked(path)] == [True, False]


def test_what_was_written_just_now_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_SETTLED_SECONDS", 2.0)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"one of them")
    assert [asked(path), asked(path)] == [True, True]


def test_small_files_leave_no_fact(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "LARGE_BYTES", 12)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"one of them")
    assert [asked(path), asked(path)] == [True, True]
    assert not cache.exists()


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"x" * 40])
def test_a_damaged_fact_is_found_out_anew(tmp_path: Path, cache: Path, damage: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"one of them")
    assert asked(path)
    (fact,) = cache.iterdir()
    fact.write_bytes(damage)
    assert [asked(path), asked(path)] == [True, False]


def test_facts_are_bounded_and_a_folder_without_rights_costs_nothing_else(
    tmp_path: Path, cache: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"one of them")
    for number in range(known._MOST_FACTS + 6):
        assert asked(path, f"fact {number}")
    assert len(list(cache.iterdir())) == known._MOST_FACTS
    for fact in cache.iterdir():
        fact.unlink()
    cache.rmdir()
    cache.write_text("no folder")
    assert [asked(path), asked(path)] == [True, True]


def test_a_source_gives_the_same_rows_from_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="10"/>'
    rows = [{"id": f"row {number % 5}", "code": svg.format(number)} for number in range(1, 8)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    entry = {"name": "own", "format": "jsonl", "path": "rows.jsonl", "domain": "svg", "language": "svg"}
    entry |= {"license": "CC0-1.0", "citation": "ours", "id_column": "id"}
    (tmp_path / "own.yaml").write_text(json.dumps({"sources": [entry]}))

    def read() -> tuple[object, ...]:
        source = load_source_config(tmp_path / "own.yaml")[0]
        return source.revision(), source.count(), [one.source_id for one in source.rows(0, source.count())]

    first = read()
    assert len(set(first[2])) == 7  # type: ignore[call-overload]
    with monkeypatch.context() as patch:
        patch.setattr(JsonRows, "_scan", None)
        patch.setattr(FileTree, "_hashed", None)
        assert read() == first
    (tmp_path / "rows.jsonl").write_text(json.dumps(rows[0]) + "\n")
    assert read() != first
