"""Own data: Parquet files, read batch by batch and only the columns that matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from vincicoder.sample import RawSample
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.code_column import ColumnMap
from vincicoder.sources.files import list_files
from vincicoder.sources.jsonl_source import file_revision

_BATCH_BYTES = 16 << 20
_MAX_BATCH_ROWS = 1024


@dataclass(frozen=True)
class ParquetSource:
    """One row a row of a Parquet file, or of all *.parquet files of a folder, in the order of their paths."""

    info: SourceInfo
    path: Path
    columns: ColumnMap

    @cached_property
    def _files(self) -> list[tuple[Path, int]]:
        """The files with their numbers of rows, from their footers."""
        paths = list_files(self.path, ("**/*.parquet",)) if self.path.is_dir() else [self.path]
        if not paths or not paths[0].is_file():
            raise SourceUnavailableError(
                f"source {self.info.name!r}: there is no Parquet file at {self.path}; "
                "mend `path` in the source file"
            )
        return [(path, self._read_footer(path)) for path in paths]

    def _read_footer(self, path: Path) -> int:
        try:
            footer = pq.read_metadata(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise SourceUnavailableError(
                f"source {self.info.name!r}: {path} is no Parquet file ({error})"
            ) from error
        names = set(footer.schema.to_arrow_schema().names)
        missing = [name for name in self.columns.columns() if name not in names]
        if missing:
            raise SourceUnavailableError(
                f"source {self.info.name!r}: {path} has no column {', '.join(map(repr, missing))}; "
                f"its columns are {', '.join(sorted(names))}"
            )
        return int(footer.num_rows)

    def revision(self) -> str:
        return file_revision([path for path, _ in self._files])

    def count(self) -> int:
        return sum(rows for _, rows in self._files)

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        first = 0
        for path, rows in self._files:
            if first < stop and first + rows > start:
                yield from self._rows_of_file(path, first, start, stop)
            first += rows

    def _rows_of_file(self, path: Path, first: int, start: int, stop: int) -> Iterator[RawSample]:
        """Yield those rows of one file, whose first row is at `first`, that lie in start..stop."""
        with pq.ParquetFile(path) as parquet:
            position = first
            for group in range(parquet.num_row_groups):
                rows = parquet.metadata.row_group(group).num_rows
                if position < stop and position + rows > start:
                    yield from self._rows_of_group(parquet, group, position, start, stop)
                position += rows

    def _rows_of_group(
        self, parquet: pq.ParquetFile, group: int, position: int, start: int, stop: int
    ) -> Iterator[RawSample]:
        statistics = parquet.metadata.row_group(group)
        row_bytes = statistics.total_byte_size // max(statistics.num_rows, 1) + 1
        size = min(max(_BATCH_BYTES // row_bytes, 1), _MAX_BATCH_ROWS)
        columns = self.columns.columns()
        # No pool threads: they may outlive the file that they read.
        for batch in parquet.iter_batches(size, row_groups=[group], columns=columns, use_threads=False):
            if position >= stop:
                return
            for index in range(max(start - position, 0), min(stop - position, batch.num_rows)):
                row = {name: batch.column(name)[index].as_py() for name in batch.schema.names}
                yield self.columns.to_raw(row, position + index)
            position += batch.num_rows
