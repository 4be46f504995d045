"""Turns files of rows that cannot be read by seeking into ones that can: Arrow streams and CSV into Parquet,
WebDataset's archives into JSON lines. In blocks, whatever the size."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES

TABLE_SUFFIXES = frozenset({".arrow", ".csv", ".tsv"})
_TEXT_SUFFIXES = frozenset(
    {".txt", ".text", ".caption", ".py", ".html", ".svg", ".tex", ".tikz", ".json", ".md", ".dot", ".mmd"}
)
_BATCH_ROWS = 1_000
# A text over this is handed on cut: the collect stage says that it is oversized.
_MAX_TEXT_BYTES = 64 << 20


def write_table(stream: IO[bytes], suffix: str, target: Path) -> None:
    """Write an Arrow stream (as `datasets` saves to disk) or a CSV file (all fields text) as Parquet.

    Raises `SourceUnavailableError` where the stream is none.
    """
    try:
        batches = _arrow(stream) if suffix == ".arrow" else _csv(stream, "\t" if suffix == ".tsv" else ",")
        first = next(batches, None)
        if first is not None:
            with pq.ParquetWriter(target, first.schema) as writer:
                for batch in chain([first], batches):
                    writer.write_batch(batch)
    except (pa.ArrowInvalid, csv.Error) as error:
        raise SourceUnavailableError(f"{target.stem}{suffix} cannot be read: {error}") from error


def _arrow(stream: IO[bytes]) -> Iterator[pa.RecordBatch]:
    yield from pa.ipc.open_stream(pa.PythonFile(stream, "r"))


def _csv(stream: IO[bytes], delimiter: str) -> Iterator[pa.RecordBatch]:
    csv.field_size_limit(1 << 30)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="backslashreplace", newline="")
    rows = csv.DictReader(text, delimiter=delimiter)
    schema = pa.schema([(name, pa.string()) for name in dict.fromkeys(rows.fieldnames or ())])
    while block := list(islice(rows, _BATCH_ROWS)):
        yield pa.RecordBatch.from_pylist(block, schema)


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
