"""Rows of Parquet files: counted by their footers, read by row group, never more than some MB at a time."""

from __future__ import annotations

import bisect
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.tree import FileTree, retrying

_BATCH_BYTES = 16 << 20
_MAX_BATCH_ROWS = 1024
# Cursors that wait where a shard ended: the next shard goes on from there instead of decoding the row
# group from its start again. Some files are one row group of a million rows. This many wait in a process,
# whatever the number of files: each holds an open file and up to a batch of decoded rows.
_MAX_WAITING = 8


@dataclass(frozen=True)
class ParquetRows:
    """The rows of one Parquet file."""

    tree: FileTree
    name: str
    label: str = ""  # what its user calls it

    @contextmanager
    def open(self) -> Iterator[pq.ParquetFile]:
        """Open the file; it is closed on leaving. Raises `SourceUnavailableError` where it is no Parquet
        file."""
        with self.tree.open(self.name) as stream:
            try:
                file = pq.ParquetFile(pa.PythonFile(stream, "r"), pre_buffer=False)
            except pa.ArrowInvalid as error:
                raise SourceUnavailableError(
                    f"{self.label or self.name} is no Parquet file: {error}"
                ) from error
            with file:
                yield file

    @cached_property
    def _footer(self) -> tuple[list[int], list[int], list[str]]:
        """The rows and bytes of each row group, and the columns."""

        def read() -> tuple[list[int], list[int], list[str]]:
            with self.open() as file:
                groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
                rows, sizes = [g.num_rows for g in groups], [g.total_byte_size for g in groups]
                return rows, sizes, list(file.schema_arrow.names)

        return retrying(read, self.name)

    def count(self) -> int:
        return sum(self._footer[0])

    def fields(self) -> list[str]:
        return list(self._footer[2])

    def read(self, start: int, stop: int, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield rows start..stop with the named columns. When the network fails the file is opened again,
        and goes on with the row that was not yet yielded."""
        cursor = self._take(start, tuple(columns))
        position, stop = start, min(stop, self.count())
        while position < stop:

            def fetch(position: int = position) -> dict[str, Any]:
                nonlocal cursor
                try:
                    return cursor.row(position)
                except Exception:
                    cursor.close()
                    cursor = _Cursor(self, tuple(columns))
                    raise

            try:
                row = retrying(fetch, self.name)
                yield row
            except BaseException:  # reading failed for good, or whoever read has stopped
                cursor.close()
                raise
            position += 1
        cursor.position = position
        if position >= self.count():
            cursor.close()
        else:
            _wait(cursor)

    def _take(self, start: int, columns: tuple[str, ...]) -> _Cursor:
        with _waiting_lock:
            fitting = [c for c in _waiting if c.rows == self and c.columns == columns and c.position <= start]
            if not fitting:
                return _Cursor(self, columns)
            best = max(fitting, key=lambda cursor: cursor.position)
            _waiting.remove(best)
            return best


_waiting: list[_Cursor] = []
_waiting_lock = threading.Lock()


def _wait(cursor: _Cursor) -> None:
    with _waiting_lock:
        _waiting.append(cursor)
        closed = [_waiting.pop(0) for _ in range(len(_waiting) - _MAX_WAITING)]
    for one in closed:
        one.close()


class _Cursor:
    """Reads a file forward: holds one batch, and jumps over row groups that are not asked for."""

    def __init__(self, rows: ParquetRows, columns: tuple[str, ...]) -> None:
        self.rows, self.columns, self.position = rows, columns, 0
        self._stack = ExitStack()
        self._file: pq.ParquetFile | None = None
        self._batches: Iterator[pa.RecordBatch] = iter(())
        self._batch: pa.RecordBatch | None = None
        self._first = 0  # position of the batch's first row
        self._group_end = 0  # position after the last row of the group being read

    def close(self) -> None:
        """Release the file and the decoded rows."""
        self._batches, self._batch, self._file = iter(()), None, None
        self._stack.close()

    def row(self, position: int) -> dict[str, Any]:
        """Return the row at a position not before the last one."""
        if self._batch is None or position >= self._group_end:
            self._open_group(position)
        assert self._batch is not None
        while position >= self._first + self._batch.num_rows:
            self._first += self._batch.num_rows
            self._batch = next(self._batches)
        index = position - self._first
        return {name: self._batch.column(name)[index].as_py() for name in self._batch.schema.names}

    def _open_group(self, position: int) -> None:
        if self._file is None:
            self._file = self._stack.enter_context(self.rows.open())
        counts, sizes, _ = self.rows._footer
        ends = list(accumulate(counts))
        group = bisect.bisect_right(ends, position)
        count, first = counts[group], ends[group] - counts[group]
        size = min(max(_BATCH_BYTES // (sizes[group] // max(count, 1) + 1), 1), _MAX_BATCH_ROWS)
        # No pool threads: they may outlive the file that they read.
        self._batches = self._file.iter_batches(
            size, row_groups=[group], columns=list(self.columns), use_threads=False
        )
        self._first, self._group_end = first, first + count
        self._batch = next(self._batches)
