"""The same three rows of a corpus in every layout in which someone may keep a copy of it."""

from __future__ import annotations

import base64
import bz2
import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sources.hub.published import (
    ICON,
    PAGE,
    TIKZ,
    fence,
    png,
    read,
    write_parquet,
    write_tar,
    write_zip,
)
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.archive import Archive
from vincicoder.sources.hub.tree import FileTree

PICTURES = [png("red"), png("blue"), png("green")]
Rows = list[dict[str, Any]]
Picture = Callable[[int], Any]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path / "cache"))


def _codes(name: str) -> list[str]:
    code = {"unisvg": ICON, "svg-stack": ICON, "webcode2m": PAGE, "viscodex-mcd": PAGE}.get(name, TIKZ)
    return [code.replace(">", f" id='{n}'>", 1) if code != TIKZ else f"{code}\n% {n}" for n in range(3)]


def _rows(name: str, picture: Picture) -> Rows:
    """Rows as the corpus publishes them, with a picture in the form that is asked for."""
    made: Rows = []
    for number, code in enumerate(_codes(name)):
        question, image = "<image>\nDraw it.", picture(number)
        if name == "unisvg":
            turns = [{"from": "human", "value": question}, {"from": "gpt", "value": fence("svg", code)}]
            made.append({"id": str(number), "image": image, "conversations": turns})
        elif name == "viscodex-mcd":
            turns = [{"role": "user", "content": question}, {"role": "assistant", "content": code}]
            made.append({"images": [image], "messages": turns, "category": "html"})
        elif name == "svg-stack":
            made.append({"Filename": f"{number}.svg", "Svg": code})
        elif name == "webcode2m":
            made.append({"image": image, "bbox": "{}", "text": code, "score": 3.5, "lang": "en", "hash": "h"})
        else:
            made.append({"file_id": str(number), "caption": "c", "tikz_code": code, "png_image": image})
    return made


def _struct(number: int) -> dict[str, Any]:
    return {"bytes": PICTURES[number], "path": None}


def _path(number: int) -> str:
    return f"images/{number}.png"


def _write_pictures(folder: Path) -> None:
    (folder / "images").mkdir()
    for number, content in enumerate(PICTURES):
        (folder / "images" / f"{number}.png").write_bytes(content)


def _lines(rows: Rows) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def _members(prefix: str = "images/") -> dict[str, bytes]:
    return {f"{prefix}{number}.png": content for number, content in enumerate(PICTURES)}


def _cast(name: str, folder: Path, change: Callable[[pa.ChunkedArray], Any]) -> None:
    table = pa.Table.from_pylist(_rows(name, _struct))
    for index, column in enumerate(table.columns):
        table = table.set_column(index, table.column_names[index], change(column))
    pq.write_table(table, folder / "train.parquet", row_group_size=1)


def _other_columns(name: str, folder: Path) -> None:
    table = pa.Table.from_pylist(_rows(name, _struct))
    table = table.select(table.column_names[::-1]).append_column("empty", pa.nulls(3))
    table = table.append_column("pairs", pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int64())))
    table = table.rename_columns([column.upper() for column in table.column_names])
    pq.write_table(table, folder / "train.parquet", row_group_size=1)


def _other_strings(name: str, folder: Path) -> None:
    def change(column: pa.ChunkedArray) -> Any:
        if pa.types.is_string(column.type):
            return column.cast(pa.large_string()).combine_chunks().dictionary_encode()
        if pa.types.is_list(column.type):
            return column.cast(pa.large_list(column.type.value_type))
        return column

    _cast(name, folder, change)


def _views(name: str, folder: Path) -> None:
    _cast(name, folder, lambda c: c.cast(pa.string_view()) if pa.types.is_string(c.type) else c)


def _raw_bytes(name: str, folder: Path) -> None:
    write_parquet(folder / "data" / "train-00000.parquet", _rows(name, PICTURES.__getitem__))


def _struct_of_a_path(name: str, folder: Path) -> None:
    _write_pictures(folder)
    write_parquet(folder / "a.parquet", _rows(name, lambda n: {"bytes": None, "path": _path(n)}))


def _json_in_an_object(name: str, folder: Path) -> None:
    _write_pictures(folder)
    (folder / "rows.json").write_text(json.dumps({"version": "1", "data": _rows(name, _path)}, indent=1))


def _lines_of_windows(name: str, folder: Path) -> None:
    _write_pictures(folder)
    content = b"\xef\xbb\xbf" + _lines(_rows(name, _path)).replace(b"\n", b"\r\n") + b"\r\n"
    (folder / "rows.jsonl").write_bytes(content)


def _gzip_and_tar(name: str, folder: Path) -> None:
    (folder / "rows.jsonl.gz").write_bytes(gzip.compress(_lines(_rows(name, _path))))
    write_tar(folder / "pictures.tar", _members("./images/"))


def _bzip2_and_tar_gz(name: str, folder: Path) -> None:
    (folder / "rows.json.bz2").write_bytes(bz2.compress(json.dumps(_rows(name, _path)).encode()))
    write_tar(folder / "pictures.tar.gz", _members())


def _zstd_and_deep_zip(name: str, folder: Path) -> None:
    with pa.CompressedOutputStream(str(folder / "rows.jsonl.zst"), "zstd") as stream:
        stream.write(_lines(_rows(name, lambda n: f"{n}.png")))
    write_zip(folder / "pictures.zip", _members("corpus/images/"))


def _tar_shards(name: str, folder: Path) -> None:
    (folder / "rows.json").write_text(json.dumps(_rows(name, _path)))
    for number, (member, content) in enumerate(_members().items()):
        write_tar(folder / f"pictures-{number:03d}.tar", {member: content})


def _parquet_in_zip(name: str, folder: Path) -> None:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_rows(name, _struct)), stream)
    write_zip(folder / "all.zip", {"data/train.parquet": stream.getvalue(), "README.md": b"x"})


def _base64(name: str, folder: Path) -> None:
    def picture(number: int) -> str:
        return "data:image/png;base64," + base64.b64encode(PICTURES[number]).decode()

    (folder / "rows.ndjson").write_bytes(_lines(_rows(name, picture)))


def _arrow(name: str, folder: Path) -> None:
    table = pa.Table.from_pylist(_rows(name, _struct))
    (folder / "state.json").write_text("{}")
    with pa.ipc.new_stream(str(folder / "data-00000-of-00001.arrow"), table.schema) as writer:
        writer.write_table(table)


def _csv(name: str, folder: Path) -> None:
    _write_pictures(folder)
    rows = _rows(name, _path)
    with (folder / "rows.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            texts = {
                key: field if isinstance(field, str) else json.dumps(field) for key, field in row.items()
            }
            writer.writerow(texts)


def _web_dataset(name: str, folder: Path) -> None:
    """Two shards whose keys are the same."""
    rows = _rows(name, lambda number: None)
    for shard, numbers in enumerate(([0, 1], [2])):
        files: dict[str, bytes] = {}
        for key, number in enumerate(numbers):
            files[f"{key:06d}.json"] = json.dumps(rows[number]).encode()
            files[f"{key:06d}.png"] = PICTURES[number]
        write_tar(folder / f"{shard:05d}.tar", files)


def _copy_of_the_hubs_cache(name: str, folder: Path) -> None:
    blobs = folder.parent / "blobs"
    write_parquet(blobs / "a.parquet", _rows(name, _struct))
    (folder / "data").mkdir()
    (folder / "data" / "train-00000-of-00001.parquet").symlink_to(blobs / "a.parquet")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "rows.json").write_text("[{}]")
    write_parquet(folder / "data" / "test-00000-of-00001.parquet", _rows(name, _struct)[:1])


_LAYOUTS = [
    _other_columns,
    _other_strings,
    _views,
    _raw_bytes,
    _struct_of_a_path,
    _json_in_an_object,
    _lines_of_windows,
    _gzip_and_tar,
    _bzip2_and_tar_gz,
    _zstd_and_deep_zip,
    _tar_shards,
    _parquet_in_zip,
    _base64,
    _arrow,
    _csv,
    _web_dataset,
    _copy_of_the_hubs_cache,
]


@pytest.mark.parametrize("name", ["unisvg", "viscodex-mcd", "svg-stack", "webcode2m", "datikz-v4"])
@pytest.mark.parametrize("write", _LAYOUTS, ids=lambda write: write.__name__.strip("_"))
def test_every_layout_gives_the_same_rows(
    tmp_path: Path, write: Callable[[str, Path], None], name: str
) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write(name, folder)
    rows = read(name, folder)
    assert [row.rejection for row in rows] == [None] * 3
    assert [row.code for row in rows] == _codes(name)
    assert name == "svg-stack" or [row.image for row in rows] == PICTURES


def test_a_web_dataset_of_texts(tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for number in range(3):
        files[f"a/{number}.cls"] = b"7"
        files[f"a/{number}.svg"] = _codes("svg-stack")[number].encode()
        files[f"a/{number}.jpg"] = PICTURES[number]
    (tmp_path / "corpus").mkdir()
    write_tar(tmp_path / "corpus" / "0.tar", files)
    assert [row.code for row in read("svg-stack", tmp_path / "corpus")] == _codes("svg-stack")


@pytest.mark.parametrize("by_column", [True, False])
def test_one_object_is_no_list_of_rows(tmp_path: Path, by_column: bool) -> None:
    rows = _rows("webcode2m", _path)
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    whole = columns if by_column else {f"row {number}": row for number, row in enumerate(rows)}
    (tmp_path / "rows.json").write_text(json.dumps(whole))
    with pytest.raises(
        SourceUnavailableError, match=r"(?s)rows\.json is one object .* pandas.read_json\('rows"
    ) as caught:
        read("webcode2m", tmp_path)
    assert "expected is a list of rows, or a row a line" in str(caught.value)


@pytest.mark.parametrize(("name", "content"), [("a.arrow", b"no arrow"), ("a.csv", b'a,b\n\0\0,"')])
def test_a_broken_table_is_said(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceUnavailableError, match=rf"{name}.* cannot be read|has the columns 'a', 'b'"):
        read("webcode2m", tmp_path)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_pictures_of_an_archive_by_name(tmp_path: Path, kind: str) -> None:
    members = {f"deep/images/{number:04d}.png": b"x" * number for number in range(300)}
    members |= {"deep/notes.txt": b"no picture", "deep/images/é.png": b"accent"}
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in members.items():
                packed.writestr(name, content)
            with pytest.warns(UserWarning, match="Duplicate name"):
                packed.writestr("deep/images/0001.png", b"the later one")
    else:
        write_tar(path, members)
        with tarfile.open(path, "a") as added:
            later = tarfile.TarInfo("deep/images/0001.png")
            later.size = 13
            added.addfile(later, io.BytesIO(b"the later one"))
    archive = Archive(FileTree(str(tmp_path)), path.name)
    assert archive.folders == {"deep", "deep/images"}
    assert archive.read("deep/images/0299.png") == b"x" * 299
    assert archive.read("deep/images/é.png") == b"accent"
    assert archive.read("deep/images/0001.png") == b"the later one"
    assert archive.read("deep/notes.txt") is None and archive.read("deep/images/0300.png") is None
