"""Exact duplicates: rows that share a hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vincicoder.dedup.pairs import RowNumbers


def group_numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Number the different values of a column: equal values, and no others, get equal numbers."""
    encoded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)


def preference_order(rows: pa.Table) -> RowNumbers:
    """Return the row numbers of a table, the most preferred row first.

    Of duplicates one whose picture is not cut off stays, then the shortest program, then the first by source
    and id: a rule that knows nothing of shards. Needs `code_characters`, `source`, `source_id`, `sample_id`;
    `clipped` (a share, or null) where pictures have been drawn.
    """
    names = ["code_characters", "source", "source_id", "sample_id"]
    if "clipped" in rows.column_names:
        is_clipped = pc.greater(pc.fill_null(rows["clipped"], 0), 0)
        rows = rows.set_column(rows.column_names.index("clipped"), "clipped", is_clipped)
        names = ["clipped", *names]
    order = pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in names])
    return np.asarray(order.to_numpy(), np.int64)


def exact_duplicates(groups: NDArray[np.int64]) -> tuple[RowNumbers, RowNumbers]:
    """Return the rows to remove and the row that stays for each; rows are in order of preference."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    keeper = first[inverse].astype(np.int64)
    removed = np.flatnonzero(keeper != np.arange(len(groups)))
    return removed, keeper[removed]
