"""Own data: JSON lines, Parquet and folders, with the bad rows that real data has."""

from __future__ import annotations

import json
import textwrap
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sources.layout import all_rows, write_files
from vincicoder.sample import RawSample
from vincicoder.sources.base import Source, SourceUnavailableError
from vincicoder.sources.own.source_config import SourceConfigError, load_source_config

_CHARTS = {"name": "charts", "format": "jsonl", "path": "rows.jsonl", "domain": "chart", "license": "CC0-1.0"}


def load(folder: Path, **fields: str) -> Source:
    """Load one source from a YAML file in `folder`."""
    entry = {**_CHARTS, "language": "python", **fields}
    (folder / "sources.yaml").write_text(json.dumps({"sources": [entry]}))
    (source,) = load_source_config(folder / "sources.yaml")
    return source


def test_jsonl_rows_good_and_bad(tmp_path: Path) -> None:
    lines = [
        b'{"code": "print(1)", "uid": "a"}',
        b'{"code": null, "uid": "b"}',
        b"{not json",
        b'{"code": 7, "uid": 9}',
        b"[1, 2]",
        b"",
        b"\xff\xfe\x00garbage",
        b'{"uid": "c"}',
    ]
    (tmp_path / "rows.jsonl").write_bytes(b"\n".join(lines))
    rows = all_rows(load(tmp_path, id_column="uid"))
    bad = "collect.malformed_row"
    assert [(row.source_id, row.code, row.rejection and row.rejection.reason.value) for row in rows] == [
        ("a", "print(1)", None),
        ("b", None, None),
        ("rows.jsonl#2", "{not json", bad),
        ("9", "7", bad),
        ("rows.jsonl#4", "[1, 2]", bad),
        ("rows.jsonl#5", "\\xff\\xfe\0garbage", bad),
        ("c", None, None),
    ]
    assert {(row.language, row.domain, row.license) for row in rows} == {("python", "chart", "CC0-1.0")}


def test_jsonl_deep_nesting_is_a_bad_row_and_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("[" * 200_000 + "\n" + '{"code": "x"}\n')
    rows = all_rows(load(tmp_path))
    assert rows[0].rejection is not None and rows[0].rejection.reason == "collect.malformed_row"
    assert (rows[1].source_id, rows[1].code, rows[1].rejection) == ("rows.jsonl#1", "x", None)


def test_jsonl_columns_of_language_and_license(tmp_path: Path) -> None:
    row = {"text": "<svg/>", "lang": "svg", "rights": "MIT"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({"text": "x"}) + "\n")
    entry = {**_CHARTS, "language_column": "lang", "code_column": "text", "license_column": "rights"}
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": [entry]}))
    (source,) = load_source_config(tmp_path / "sources.yaml")
    assert all_rows(source) == [
        RawSample("rows.jsonl#0", "<svg/>", "svg", "chart", "MIT"),
        RawSample("rows.jsonl#1", "x", "", "chart", "CC0-1.0"),
    ]


@pytest.mark.parametrize("file_format", ["jsonl", "parquet"])
def test_a_huge_row_costs_no_more_memory_than_itself(tmp_path: Path, file_format: str) -> None:
    megabytes = 24
    rows = [{"code": f"print({number})"} for number in range(50)]
    rows[20] = {"code": "#" * (megabytes << 20)}
    if file_format == "jsonl":
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet", row_group_size=10)
    source = load(tmp_path, format=file_format, path=f"rows.{file_format}")
    assert source.count() == 50
    tracemalloc.start()
    small = [row for row in source.rows(0, 20)] + [row for row in source.rows(21, 50)]
    peak_without = tracemalloc.get_traced_memory()[1]
    (huge,) = source.rows(20, 21)
    peak_with = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(small) == 49 and huge.code is not None and len(huge.code) == megabytes << 20
    assert peak_with < (4 * megabytes) << 20
    if file_format == "jsonl":
        assert peak_without < 4 << 20


def test_parquet_types_files_and_parts(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    first = pa.table({"code": ["a", None, "c"], "id": [10, 11, None]})
    second = pa.table({"code": pa.array([b"\xff", b"ok"], pa.binary()), "id": [1, 2]})
    pq.write_table(first, tmp_path / "data" / "a.parquet", row_group_size=2)
    pq.write_table(second, tmp_path / "data" / "b.parquet")
    source = load(tmp_path, format="parquet", path="data", id_column="id")
    rows = all_rows(source)
    assert [(row.source_id, row.code) for row in rows] == [
        ("10", "a"),
        ("11", None),
        ("a.parquet#2", "c"),
        ("1", b"\xff"),
        ("2", b"ok"),
    ]
    assert [row.code for row in source.rows(1, 4)] == [None, "c", b"\xff"]


def test_parquet_without_the_column_says_what_there_is(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"], "n": [1]}), tmp_path / "rows.parquet")
    expected = r"'charts': rows.parquet has no column code \(code\) or .*; its columns are 'text', 'n'"
    with pytest.raises(SourceUnavailableError, match=expected):
        load(tmp_path, format="parquet", path="rows.parquet").count()
    (tmp_path / "rows.parquet").write_text("no parquet")
    with pytest.raises(SourceUnavailableError, match="is no Parquet file"):
        load(tmp_path, format="parquet", path="rows.parquet").count()


def test_a_folder_of_several_kinds_gives_the_kind_that_is_named(tmp_path: Path) -> None:
    write_files(
        tmp_path / "data", {"a.jsonl": '{"code": "a"}\n', "b.csv": "code\nb\n", "c.json": '[{"code": "c"}]'}
    )
    for file_format, code in (("jsonl", "a"), ("csv", "b"), ("json", "c")):
        rows = all_rows(load(tmp_path, format=file_format, path="data"))
        assert [row.code for row in rows] == [code], file_format


def test_folder_tells_the_language_by_suffix(tmp_path: Path) -> None:
    files = {"b/plot.py": "print()", "a.svg": "<svg/>", "a.png": "no code", "page.HTM": "<p>", "x.tex": "$x$"}
    write_files(tmp_path / "data", files)
    (tmp_path / "data" / "bad.py").write_bytes(b"\xff")
    (tmp_path / "sources.yaml").write_text(
        json.dumps({"sources": [{**_CHARTS, "format": "folder", "path": "data"}]})
    )
    (source,) = load_source_config(tmp_path / "sources.yaml")
    assert [(row.source_id, row.language, row.code) for row in all_rows(source)] == [
        ("a.svg", "svg", "<svg/>"),
        ("b/plot.py", "python", "print()"),
        ("bad.py", "python", b"\xff"),
        ("page.HTM", "html", "<p>"),
        ("x.tex", "latex", "$x$"),
    ]


def test_revision_is_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"code": "a"}\n')
    before = load(tmp_path).revision()
    assert load(tmp_path).revision() == before
    path.write_text('{"code": "b"}\n')
    assert load(tmp_path).revision() != before


def test_a_missing_file_is_said_at_use(tmp_path: Path) -> None:
    source = load(tmp_path, path="nowhere.jsonl")
    with pytest.raises(
        SourceUnavailableError, match=r"'charts': there is no file or folder .*nowhere\.jsonl"
    ):
        source.count()
    with pytest.raises(SourceUnavailableError, match="nowhere"):
        source.revision()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "xml"}, "format is 'xml'; allowed are jsonl, json, parquet, csv, arrow, folder, hub"),
        ({"domain": "pictures"}, "domain is 'pictures'; allowed are chart, web"),
        ({"language": "cobol"}, "language is 'cobol'; allowed are python, html"),
        ({"language_column": "lang"}, "give either `language` .* or `language_column`"),
        ({"colum": "x"}, "unknown field 'colum'; allowed are name, format"),
        ({"license": ""}, "license is ''; expected a non-empty text"),
        ({"id_column": 3}, "id_column is 3; expected a non-empty text"),
        ({"format": "folder", "code_column": "x"}, "a folder has no columns"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceConfigError, match=f"source 1: {message}"):
        load(tmp_path, **change)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sources: []", "non-empty list `sources`"),
        ("- a", "non-empty list `sources`"),
        ("sources: [7]", "source 1: received 7; expected a mapping"),
        ("sources: [{name: a}]", "source 1: missing format, path, domain, license"),
        ("{", "is not YAML"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(text)
    with pytest.raises(SourceConfigError, match=message) as caught:
        load_source_config(path)
    assert str(path) in str(caught.value)
    with pytest.raises(SourceConfigError, match=r"absent\.yaml cannot be read"):
        load_source_config(tmp_path / "absent.yaml")


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    entry = {**_CHARTS, "language": "python"}
    (tmp_path / "sources.yaml").write_text(json.dumps({"sources": [entry, entry]}))
    with pytest.raises(SourceConfigError, match="source 2: the name 'charts' is given twice"):
        load_source_config(tmp_path / "sources.yaml")


def test_the_lines_of_the_readme_work_as_they_are_written(tmp_path: Path) -> None:
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text("utf-8")
    block = readme[readme.index("    # own.yaml\n") :].partition("\n\n")[0]
    assert len(block.splitlines()) == 6
    (tmp_path / "own.yaml").write_text(textwrap.dedent(block))
    (tmp_path / "a.png").write_bytes(b"a picture")
    (tmp_path / "charts.jsonl").write_text(json.dumps({"code": "print(1)", "picture": "a.png"}))
    (source,) = load_source_config(tmp_path / "own.yaml")
    assert (source.info.name, source.info.citation) == ("our-charts", "Our charts, 2026")
    (row,) = all_rows(source)
    assert (row.code, row.language, row.domain, row.image) == ("print(1)", "python", "chart", b"a picture")
