"""The validation split of a release of our own: every row is an item, named by its `sample_id`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vincicoder.evaluate.item import BenchmarkItem
from vincicoder.sample import Domain

_COLUMNS = (
    *("sample_id", "language", "domain", "task", "difficulty", "chart_type"),
    *("instruction", "code", "image", "stack", "data_files"),
)
_BATCH_ROWS = 64


def validation_items(
    files: Iterable[Path], packed_data: Callable[[Path, Mapping[str, Any]], str]
) -> Iterator[BenchmarkItem]:
    """Yield the items of a split's Parquet files, in their order. The group is the task.

    `packed_data` returns the data files of a row of such a file.
    """
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            columns = [
                name for name in _COLUMNS if name in file.schema_arrow.names
            ]  # older ones lack a stack
            for batch in file.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
                for row in batch.to_pylist():
                    yield BenchmarkItem(
                        item_id=row["sample_id"],
                        language=row["language"],
                        domain=row["domain"],
                        instruction=row["instruction"],
                        code=row["code"],
                        image=row["image"]["bytes"],
                        group=row["task"],
                        difficulty=row["difficulty"] or "",
                        chart_type=row["chart_type"] if row["domain"] == Domain.CHART else "",
                        stack=row.get("stack") or "",
                        data=packed_data(path, row),
                    )
