"""Turns files of rows that cannot be read by seeking into ones that can: Arrow streams and CSV into Parquet,
WebDataset's archives into JSON lines. In blocks, whatever the size."""

from __future__ import annotations

import codecs
import csv
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES

TABLE_SUFFIXES = frozenset({".arrow", ".feather", ".csv", ".tsv"})
PROBLEM = "#problem"
"""The column of a converted table that says why a row is no row of the file; null where it is one."""
_HEAD_LINES = 50
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_SUFFIXES = frozenset(
    {".txt", ".text", ".caption", ".py", ".html", ".svg", ".tex", ".tikz", ".json", ".md", ".dot", ".mmd"}
)
_BATCH_ROWS = 1_000
# A text over this is handed on cut: the collect stage says that it is oversized.
_MAX_TEXT_BYTES = 64 << 20


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding of a text's byte order mark; None for UTF-8 and where there is none."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def copy_as_utf8(stream: IO[bytes], target: Path, encoding: str) -> None:
    """Write a text file in UTF-8; '' takes the encoding of its mark, else the bytes as they are.

    Raises UnicodeError where it is not in that encoding, LookupError where there is none of that name.
    """
    head = stream.read(4)
    chosen = encoding or marked_encoding(head)
    with target.open("wb") as output:
        if chosen is None:
            output.write(head)
            shutil.copyfileobj(stream, output, 1 << 20)
            return
        decoder = codecs.getincrementaldecoder(chosen)()
        output.write(decoder.decode(head).encode())
        while block := stream.read(1 << 20):
            output.write(decoder.decode(block).encode())
        output.write(decoder.decode(b"", final=True).encode())


def write_table(stream: IO[bytes], suffix: str, target: Path, encoding: str = "") -> None:
    """Write Arrow (a file, or a stream as `datasets` saves it) or CSV (all fields text) as Parquet.

    The delimiter of CSV is guessed from its first lines. Its encoding is `encoding`, or that of its byte
    order mark. A row that does not fit is kept, and column `PROBLEM` says why. Raises
    `SourceUnavailableError` where the stream is neither.
    """
    try:
        batches = _csv(stream, suffix, encoding) if suffix in (".csv", ".tsv") else _arrow(stream)
        first = next(batches, None)
        if first is not None:
            with pq.ParquetWriter(target, first.schema) as writer:
                for batch in chain([first], batches):
                    writer.write_batch(batch)
    except (pa.ArrowInvalid, csv.Error, LookupError) as error:
        raise SourceUnavailableError(f"{target.stem} cannot be read: {error}") from error


def _arrow(stream: IO[bytes]) -> Iterator[pa.RecordBatch]:
    content = io.BufferedReader(stream) if not hasattr(stream, "peek") else stream  # type: ignore[type-var]
    if content.peek(6)[:6] != b"ARROW1":
        yield from pa.ipc.open_stream(pa.PythonFile(content, "r"))
        return
    with pa.ipc.open_file(pa.BufferReader(content.read())) as file:  # its table of contents lies at the end
        for number in range(file.num_record_batches):
            yield file.get_batch(number)


def _csv(stream: IO[bytes], suffix: str, encoding: str) -> Iterator[pa.RecordBatch]:
    csv.field_size_limit(1 << 30)
    content = io.BufferedReader(stream, 1 << 16)  # type: ignore[type-var]
    chosen = encoding or marked_encoding(content.peek(4)[:4]) or "utf-8-sig"
    text = io.TextIOWrapper(content, encoding=chosen, errors="surrogateescape", newline="")
    head = list(islice(text, _HEAD_LINES))
    if head and head[0].lower().startswith("sep="):  # how spreadsheets note their delimiter
        head.pop(0)
    rows = csv.reader(chain(head, text), delimiter=_delimiter(head, suffix))
    names = _distinct(next(rows, []))
    schema = pa.schema([(name, pa.string()) for name in (*names, PROBLEM)])
    while block := list(islice((row for row in rows if row), _BATCH_ROWS)):
        yield pa.RecordBatch.from_pylist([_csv_row(names, row, encoding) for row in block], schema)


def _delimiter(head: list[str], suffix: str) -> str:
    """Return the delimiter under which the first rows have most fields, and all of them equally many."""
    usual = "\t" if suffix == ".tsv" else ","
    best, most = usual, 1
    for delimiter in dict.fromkeys((usual, ",", ";", "\t", "|")):
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if row]
        except csv.Error:
            continue
        # The last row may be cut; code within quotes may make one row of all lines.
        widths = {len(row) for row in (rows[:-1] or rows)}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = delimiter, width
    return best


def _distinct(names: list[str]) -> list[str]:
    """Return the names with a number after those that occur again, as pandas does."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        number = seen[name] = seen.get(name, -1) + 1
        found.append(f"{name}.{number}" if number else name)
    return found


def _csv_row(names: list[str], row: list[str], encoding: str) -> dict[str, str | None]:
    problem = None
    if len(row) > len(names):
        problem = f"the row has {len(row)} fields, the header {len(names)}: is a delimiter not in quotes?"
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        problem = (
            f"the row is not {encoding}"
            if encoding
            else "the row is not UTF-8: name the encoding in the source file, such as `encoding: cp1252`"
        )
        row = [field.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for field in row]
    return {**dict(zip(names, row, strict=False)), PROBLEM: problem}


def is_web_dataset(members: Iterator[str]) -> bool:
    """Whether the files of an archive, of which the first few are looked at, are rows taken apart:
    a picture and texts of one name follow each other."""
    first = list(islice((name for name in members if _suffix(name)), 2))
    suffixes = {_suffix(name) for name in first}
    return (
        len({_key(name) for name in first}) == 1
        and len(suffixes) == 2
        and bool(suffixes & PICTURE_SUFFIXES)
        and bool(suffixes & _TEXT_SUFFIXES)
    )


def write_web_dataset(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """Write the rows of one of WebDataset's archives as JSON lines, without their pictures.

    A row has the fields of its JSON file, each other text under its suffix, and where its picture lies.
    """
    with target.open("w", encoding="utf-8") as lines:
        row: dict[str, Any] = {}
        for member in archive:
            if not member.isreg() or not _suffix(member.name):
                continue
            key = _key(member.name)
            if row and row["__key__"] != key:
                lines.write(json.dumps(row) + "\n")
                row = {}
            row.setdefault("__key__", key)
            _add(row, archive, member, name)
        if row:
            lines.write(json.dumps(row) + "\n")


def _add(row: dict[str, Any], archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> None:
    suffix = _suffix(member.name)
    if suffix in PICTURE_SUFFIXES:
        place = {"archive": name, "path": member.name.removeprefix("./")}
        if not row.get("image"):
            row["image"] = place
        return
    stream = archive.extractfile(member)
    assert stream is not None  # it is a regular file
    text = stream.read(_MAX_TEXT_BYTES).decode("utf-8", "backslashreplace")
    if suffix == ".json":
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError):
            fields = None
        if isinstance(fields, dict):
            row.update({field: value for field, value in fields.items() if value or not row.get(field)})
            return
    row[suffix[1:]] = text


def _key(name: str) -> str:
    path = PurePosixPath(name.removeprefix("./"))
    return str(path.parent / path.name.partition(".")[0])


def _suffix(name: str) -> str:
    """Return the suffix of a file that is part of a row, else ''."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in PICTURE_SUFFIXES | _TEXT_SUFFIXES else ""
