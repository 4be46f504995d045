"""The rows of a table file: Parquet, JSON lines, JSON, TSV or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vincicoder.benchmarks.benchmark import BenchmarkError

_DELIMITERS = {".tsv": "\t", ".csv": ","}


def rows_of(benchmark: str, file: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the rows that are objects. Raises `BenchmarkError` where the file cannot be read."""
    try:
        yield from _rows(file)
    except (ValueError, RecursionError, OSError, csv.Error, pa.ArrowException) as error:
        raise BenchmarkError(f"benchmark {benchmark}: {file} cannot be read: {error}") from error


def _rows(file: Path) -> Iterator[Mapping[str, Any]]:
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        with pq.ParquetFile(file, pre_buffer=False) as parquet:
            for batch in parquet.iter_batches(64, use_threads=False):
                yield from batch.to_pylist()
        return
    if suffix in _DELIMITERS:
        csv.field_size_limit(sys.maxsize)  # pictures stand in the cells
        with file.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream, delimiter=_DELIMITERS[suffix])
        return
    if suffix == ".jsonl":
        with file.open(encoding="utf-8") as stream:
            rows: Any = [json.loads(line) for line in stream if line.strip()]
    else:
        rows = json.loads(file.read_text("utf-8"))
        if isinstance(rows, dict):  # one item, or items by their names
            named = all(isinstance(value, dict) for value in rows.values())
            rows = [{"id": name, **value} for name, value in rows.items()] if named else [rows]
    yield from (row for row in rows if isinstance(row, dict))
