"""Reading huge, broken and far-away files: counts, ranges, resumption, bounded memory."""

from __future__ import annotations

import functools
import http.server
import io
import json
import random
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sources.hub.flaky import FlakyFileSystem
from tests.sources.hub.published import (
    ICON,
    PAGE,
    llava,
    png,
    read,
    summary,
    write_json,
    write_parquet,
    write_zip,
)
from tests.sources.layout import all_rows
from vincicoder.collect import to_sample
from vincicoder.sample import InfrastructureError
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub import corpus_sources, json_rows, tree
from vincicoder.sources.hub.json_rows import JsonRows, Unreadable
from vincicoder.sources.hub.tree import FileTree


def json_file(folder: Path, content: bytes, lines: bool = False) -> JsonRows:
    (folder / "rows.json").write_bytes(content)
    return JsonRows(FileTree(str(folder)), "rows.json", lines)


def all_of(rows: JsonRows) -> list[Any]:
    return list(rows.read(0, rows.count()))


def _value(random_: random.Random, depth: int) -> Any:
    kind = random_.randrange(8 if depth else 6)
    if kind < 2:
        return "".join(random_.choice('ab"\\{}[],:\n\u00e9\U0001f600') for _ in range(random_.randrange(30)))
    if kind == 2:
        return random_.choice([None, True, False, 0, -1.5e9, 12])
    if kind < 6:
        return {str(n): _value(random_, 0) for n in range(random_.randrange(3))}
    return [_value(random_, depth - 1) for _ in range(random_.randrange(4))]


@pytest.mark.parametrize("block", [1, 7, 64, 4096])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_index_finds_what_a_json_parser_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, indent: int | None
) -> None:
    monkeypatch.setattr(json_rows, "_BLOCK_BYTES", block)
    random_ = random.Random(block)
    rows = [{"row": number, "value": _value(random_, 3)} for number in range(40)]
    content = json.dumps(rows, indent=indent, ensure_ascii=block == 7).encode()
    found = json_file(tmp_path, content)
    assert all_of(found) == rows == list(ijson.items(io.BytesIO(content), "item", use_float=True))
    assert list(found.read(17, 23)) == rows[17:23]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"[]", []),
        (b"", []),
        (b" \n", []),
        (b'[{"a": 1}]', [{"a": 1}]),
        (b'\xef\xbb\xbf[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        (b'{"data": [{"a": 1}, {"a": 2}], "version": 3}', [{"a": 1}, {"a": 2}]),
        (b'{"version": {"x": []}, "rows": [{"a": [1]}]}', [{"a": [1]}]),
        (b'{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        (b'{\n"a": 1\n}\n{\n"a": 2\n}', [{"a": 1}, {"a": 2}]),
        (b'{"a": 1}', [{"a": 1}]),
        (
            b'{"conversations": [{"from": "gpt", "value": "x"}]}',
            [{"conversations": [{"from": "gpt", "value": "x"}]}],
        ),
    ],
)
def test_shapes_of_json_files(tmp_path: Path, content: bytes, rows: list[Any]) -> None:
    assert all_of(json_file(tmp_path, content)) == rows


def test_elements_that_are_no_objects_are_rows_all_the_same(tmp_path: Path) -> None:
    found = all_of(json_file(tmp_path, b'[{"a": 1}, null, 3, "text, {", [1, {"b": 2}], true, {"a": 2}]'))
    assert found[0] == {"a": 1} and found[6] == {"a": 2}
    assert [(row.text, row.problem) for row in found[1:6]] == [
        ("null", "the row is null, not an object"),
        ("3", "the row is a number or a truth value, not an object"),
        ('"text, {"', "the row is a text, not an object"),
        ('[1, {"b": 2}]', "the row is a list, not an object"),
        ("true", "the row is a number or a truth value, not an object"),
    ]


def test_a_list_that_was_cut_off_loses_its_last_row_only(tmp_path: Path) -> None:
    whole = json.dumps([{"a": number, "text": "x" * 20} for number in range(5)]).encode()
    found = all_of(json_file(tmp_path, whole[:-10]))
    assert found[:4] == [{"a": number, "text": "x" * 20} for number in range(4)]
    assert isinstance(found[4], Unreadable) and "no JSON" in found[4].problem


def test_rows_that_are_not_utf8_or_nested_too_deep(tmp_path: Path) -> None:
    found = all_of(
        json_file(tmp_path, b'[{"a": "\xff"}, {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b'}, {"a": 1}]')
    )
    assert isinstance(found[0], Unreadable) and "not UTF-8" in found[0].problem
    assert isinstance(found[1], Unreadable) and found[2] == {"a": 1}


def test_a_code_of_50_mb_is_a_row_that_is_too_large(tmp_path: Path) -> None:
    huge = "x" * (50 << 20)
    write_json(
        tmp_path / "corpus" / "Web2Code.json",
        [llava("<image>", PAGE, id="a"), llava("<image>", huge, id="b"), llava("<image>", PAGE, id="c")],
    )
    write_parquet(
        tmp_path / "svg" / "train.parquet", [{"Filename": "a", "Svg": ICON}, {"Filename": "b", "Svg": huge}]
    )
    for name, folder, good in (("web2code", "corpus", [0, 2]), ("svg-icons", "svg", [0])):
        rows = read(name, tmp_path / folder)
        (source,) = corpus_sources(name, str(tmp_path / folder))
        verdicts = [to_sample(row, source.info, "1", 4_000_000)[1] for row in rows]
        assert [number for number, verdict in enumerate(verdicts) if verdict is None] == good
        assert verdicts[1] is not None and verdicts[1].reason == "collect.oversized"
        assert verdicts[1].detail.startswith(f"{50 << 20} bytes")


def test_types_that_a_corpus_does_not_declare(tmp_path: Path) -> None:
    write_json(
        tmp_path / "corpus" / "rows.json",
        [
            {"Svg": ICON, "Filename": 7},
            {"Svg": 3, "Filename": None},
            {"Svg": ["x"]},
            {"Svg": "", "Filename": True},
            {"x": 1},
        ],
    )
    rows = summary(read("svg-stack", tmp_path / "corpus"))
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("7", ICON, None),
        ("rows.json#1", "3", "collect.malformed_row"),
        ("rows.json#2", "['x']", "collect.malformed_row"),
        ("rows.json#3", "", None),
        ("rows.json#4", None, None),
    ]


def test_empty_shards_and_broken_files(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    write_parquet(folder / "train-1.parquet", [{"Filename": "a", "Svg": ICON}])
    pq.write_table(
        pa.table({"Filename": pa.array([], pa.string()), "Svg": pa.array([], pa.string())}),
        folder / "train-0.parquet",
    )
    pq.write_table(pa.table({"other": pa.array([], pa.string())}), folder / "train-2.parquet")
    assert [row.source_id for row in read("svg-stack", folder)] == ["a"]
    (folder / "train-3.parquet").write_bytes(b"")
    with pytest.raises(SourceUnavailableError, match=r"train-3\.parquet is no Parquet file"):
        read("svg-stack", folder)


def test_a_truncated_picture_is_handed_on_for_verification(tmp_path: Path) -> None:
    broken = png("red")[:40]
    write_zip(tmp_path / "images.zip", {"a.png": broken})
    write_json(
        tmp_path / "Web2Code.json",
        [llava("<image>", PAGE, image="a.png"), llava("<image>", PAGE, image="../../etc/passwd.png")],
    )
    assert [row.image for row in read("web2code", tmp_path)] == [broken, None]


def _many(count: int) -> list[dict[str, Any]]:
    return [{"Filename": f"{number}.svg", "Svg": ICON.replace("M0", f"M{number}")} for number in range(count)]


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FlakyFileSystem]]:
    monkeypatch.setattr(tree, "RETRY_SECONDS", (0.0, 0.0, 0.0))
    yield FlakyFileSystem
    FlakyFileSystem.plan(0)


@pytest.mark.parametrize("layout", ["parquet", "json", "jsonl"])
def test_a_network_that_fails_in_the_middle_loses_and_repeats_nothing(
    tmp_path: Path, flaky: type[FlakyFileSystem], layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "_READ_BYTES", 2_000)  # some rows: so that there are many reads
    rows = _many(300)
    if layout == "parquet":
        write_parquet(tmp_path / "corpus" / "train.parquet", rows, group=20)
    elif layout == "json":
        write_json(tmp_path / "corpus" / "train.json", rows)
    else:
        (tmp_path / "corpus").mkdir()
        (tmp_path / "corpus" / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    calm = read("svg-stack", tmp_path / "corpus")
    flaky.plan(5)
    (source,) = corpus_sources("svg-stack", f"flaky://{tmp_path}/corpus")
    shards = [list(source.rows(start, start + 70)) for start in range(0, 300, 70)]
    assert [row for shard in shards for row in shard] == calm
    assert [row.source_id for row in calm] == [f"{number}.svg" for number in range(300)]
    assert flaky.failures > 3


def test_a_network_that_keeps_failing_is_the_machinerys_fault(
    tmp_path: Path, flaky: type[FlakyFileSystem]
) -> None:
    write_json(tmp_path / "corpus" / "train.json", _many(10))
    (source,) = corpus_sources("svg-stack", f"flaky://{tmp_path}/corpus")
    assert source.count() == 10
    flaky.plan(1)
    with pytest.raises(InfrastructureError, match=r"cannot read train\.json: ConnectionResetError"):
        list(source.rows(0, 10))


class _Ranges(http.server.SimpleHTTPRequestHandler):
    """Serves ranges of bytes, and drops every fourth connection in the middle of its body."""

    requests = 0

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            super().do_GET()
            return
        content = path.read_bytes()
        first, last = 0, len(content) - 1
        if asked := self.headers.get("Range"):
            bounds = asked.removeprefix("bytes=").split("-")
            first, last = int(bounds[0]), min(int(bounds[1] or last), last)
        body = content[first : last + 1]
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        _Ranges.requests += 1
        self.wfile.write(body[: len(body) // 2] if _Ranges.requests % 4 == 0 else body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


def test_a_web_server_that_drops_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "RETRY_SECONDS", (0.0, 0.0, 0.0))
    rows = _many(200)
    write_parquet(tmp_path / "corpus" / "train-0.parquet", rows[:120], group=40)
    write_parquet(tmp_path / "corpus" / "train-1.parquet", rows[120:], group=40)
    calm = read("svg-stack", tmp_path / "corpus")
    handler = functools.partial(_Ranges, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (source,) = corpus_sources("svg-stack", f"http://127.0.0.1:{server.server_port}/corpus/")
        found = [row for start in range(0, 200, 50) for row in source.rows(start, start + 50)]
        server.shutdown()
    assert found == calm
    assert _Ranges.requests >= 4


def test_shards_of_one_huge_row_group_are_read_forward_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parquet(tmp_path / "corpus" / "train.parquet", _many(6_000), group=6_000)
    (source,) = corpus_sources("svg-stack", str(tmp_path / "corpus"))
    opened = 0
    original = pq.ParquetFile.iter_batches

    def counting(self: pq.ParquetFile, *arguments: Any, **options: Any) -> Any:
        nonlocal opened
        opened += 1
        return original(self, *arguments, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", counting)
    for start in range(0, 6_000, 250):
        assert [row.source_id for row in source.rows(start, start + 250)][-1] == f"{start + 249}.svg"
    assert opened == 1
    assert [row.source_id for row in source.rows(10, 12)] == ["10.svg", "11.svg"]  # and back again


@pytest.mark.parametrize("layout", ["parquet", "json"])
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path, layout: str) -> None:
    peaks = []
    for count in (2_000, 20_000):
        folder = tmp_path / str(count)
        rows = [{**row, "Svg": row["Svg"] + " " * 500} for row in _many(count)]
        if layout == "parquet":
            write_parquet(folder / "train.parquet", rows, group=1_000)
        else:
            write_json(folder / "train.json", rows)
        (source,) = corpus_sources("svg-stack", str(folder))
        source.count()
        tracemalloc.start()
        assert sum(1 for _ in source.rows(0, count)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + (1 << 20)


def test_the_same_rows_from_every_layout(tmp_path: Path) -> None:
    rows = _many(5)
    write_json(tmp_path / "a" / "deep" / "er" / "x.json", rows)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.jsonl").write_text("\n".join(map(json.dumps, rows)))
    write_parquet(tmp_path / "c" / "data" / "train.parquet", rows)
    write_zip(tmp_path / "all.zip", {"inner/x.json": json.dumps(rows).encode()})
    places = [
        tmp_path / "a",
        tmp_path / "b",
        tmp_path / "c",
        tmp_path / "all.zip",
        tmp_path / "b" / "x.jsonl",
    ]
    found = [all_rows(corpus_sources("svg-stack", str(place))[0]) for place in places]
    assert all(each == found[0] for each in found) and len(found[0]) == 5


def test_a_revision_is_of_the_content(tmp_path: Path) -> None:
    path = write_json(tmp_path / "x.json", _many(2))
    before = corpus_sources("svg-stack", str(tmp_path))[0].revision()
    assert corpus_sources("svg-stack", str(tmp_path))[0].revision() == before
    path.write_text(path.read_text().replace("M1", "M2"))
    assert corpus_sources("svg-stack", str(tmp_path))[0].revision() != before
