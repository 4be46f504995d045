"""No input of a user's own is lost without a word or refused with a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sources.layout import all_rows
from tests.sources.own.unusual_places import PLACES
from tests.sources.own.unusual_rows import ROWS
from tests.sources.own.writers import ICON, PLOT, Case, lines, tree, zipped
from vincicoder.sources.base import Source, SourceUnavailableError, left_out
from vincicoder.sources.own.source_config import SourceConfigError, load_source_config


def load(folder: Path, entry: dict[str, Any]) -> Source:
    fields = {"name": "mine", "domain": "Chart", "license": "MIT", **entry}
    (folder / "own.yaml").write_text(json.dumps({"sources": [fields]}))
    (source,) = load_source_config(folder / "own.yaml")
    return source


@pytest.fixture(autouse=True)
def own_places(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path_factory.mktemp("corpora")))


@pytest.mark.parametrize("case", [*ROWS.values(), *PLACES.values()], ids=[*ROWS, *PLACES])
def test_every_unusual_input_is_read_or_refused_by_its_name(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    case.make(tmp_path)
    source = load(tmp_path, case.entry)
    rows = all_rows(source)
    assert len(rows) == len(case.rows), [row.source_id for row in rows]
    for row, (code, reason) in zip(rows, case.rows, strict=True):
        if reason == "bytes":
            assert isinstance(row.code, bytes)
            continue
        assert (row.rejection.reason.value if row.rejection else None) == reason, row.rejection
        assert str(row.code or "").startswith(code), row.code
    assert not case.changes or any(case.changes in change for row in rows for change in row.changes)
    noted = "\n".join(left_out(source))
    assert case.left_out in noted, noted
    assert bool(noted) == bool(case.left_out or "companions" in noted or "taken only" in noted), noted
    if case.ids:
        assert [row.source_id for row in rows] == case.ids
    if case.pictures:
        assert [row.image is not None for row in rows] == case.pictures
    if case.languages:
        assert [row.language for row in rows] == case.languages
    assert len({row.source_id for row in rows}) == len(rows)
    assert source.revision() == load(tmp_path, case.entry).revision()


@pytest.mark.parametrize(
    ("make", "entry", "words"),
    [
        (tree({}), {"format": "jsonl", "path": "no.jsonl"}, "no file or folder .*no.jsonl"),
        (tree({}), {"format": "jsonl", "path": "no-*.jsonl"}, r"no file matches .*no-\*\.jsonl"),
        (tree({}), {"format": "folder", "path": "no"}, "no folder, file or archive .*/no"),
        (tree({"a.xlsx": "PK"}), {"format": "csv", "path": "."}, "no file of rows .* it holds a.xlsx"),
        (tree({"a.parquet": "oh"}), {"format": "parquet", "path": "a.parquet"}, "a.parquet is no Parquet"),
        (
            tree({"a.arrow": "oh no, text"}),
            {"format": "arrow", "path": "a.arrow"},
            "'mine': a.arrow cannot be read",
        ),
        (tree({"a.zip": "oh"}), {"format": "folder", "path": "a.zip"}, "'mine': a.zip cannot be read"),
        (tree({"a.jsonl": "{}"}), {"format": "jsonl", "path": "a.jsonl", "encoding": "utf-16"}, "a.jsonl"),
        (
            tree({"a.jsonl": b'{"code": "\xe9"}'}),
            {"format": "jsonl", "path": "a.jsonl"},
            "a.jsonl: .*`encoding`",
        ),
        (tree({"a.csv": "x,y\n1,2\n"}), {"format": "csv", "path": "a.csv"}, r"a\.csv has no column code"),
        (
            zipped("a.zip", {"b.csv": "x\n1\n"}),
            {"format": "csv", "path": "a.zip"},
            r"a\.zip/b\.csv has no column",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_the_users_file(
    make: Any, entry: dict[str, Any], words: str, tmp_path: Path
) -> None:
    make(tmp_path)
    language = {} if entry["format"] == "folder" else {"language": "python"}
    with pytest.raises(SourceUnavailableError, match=words) as caught:
        all_rows(load(tmp_path, {**entry, **language}))
    assert "unpacked" not in str(caught.value)


def test_an_encoding_that_python_does_not_know_is_a_wrong_field(tmp_path: Path) -> None:
    with pytest.raises(SourceConfigError, match="encoding is 'ansi-x'; allowed are Python's"):
        load(tmp_path, {"format": "csv", "path": "a", "language": "python", "encoding": "ansi-x"})


def test_another_column_of_code_is_another_revision(tmp_path: Path) -> None:
    tree({"rows.jsonl": lines({"code": PLOT, "text": ICON})})(tmp_path)
    entry = {"format": "jsonl", "path": "rows.jsonl", "language": "python"}
    first, second = load(tmp_path, entry), load(tmp_path, {**entry, "code_column": "text"})
    assert first.revision() != second.revision()
    assert load(tmp_path, {**entry, "image_column": "text"}).revision() != first.revision()


def test_a_changed_companion_or_picture_is_another_revision(tmp_path: Path) -> None:
    tree({"data/a.svg": ICON, "data/a.png": "1", "data/a.css": "1"})(tmp_path)
    entry = {"format": "folder", "path": "data"}
    seen = {load(tmp_path, entry).revision()}
    for name in ("a.png", "a.css"):
        (tmp_path / "data" / name).write_text("2")
        seen.add(load(tmp_path, entry).revision())
    assert len(seen) == 3
