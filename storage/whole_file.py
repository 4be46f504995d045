"""Files that appear whole or not at all, outside the keys of a home: written beside, then renamed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow as pa


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Yield a path to write to; what is there at the end takes the target's place, on the disk and whole.

    Nothing happens to the target where nothing was written, or where an error is raised.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield part
        if part.exists():
            with part.open("rb") as stream:
                os.fsync(stream.fileno())
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_parquet(target: Path, tables: Iterable[pa.Table]) -> int:
    """Write tables of one schema as one Parquet file and return the number of rows.

    Of no table comes no file.
    """
    rows = 0
    with whole_file(target) as part:
        writer: pq.ParquetWriter | None = None
        try:
            for table in tables:
                writer = writer or pq.ParquetWriter(part, table.schema, compression="zstd")
                writer.write_table(table)
                rows += table.num_rows
        finally:
            if writer is not None:
                writer.close()
    return rows
