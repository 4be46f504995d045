"""What the stages of an evaluation share: no item is ever rejected, so all rows are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.schemas import REJECT_SCHEMA
from tasks.stage import StageTables

if TYPE_CHECKING:
    import pyarrow as pa


def all_kept(table: pa.Table) -> StageTables:
    """Return the tables of a stage that keeps every row."""
    return StageTables(table, REJECT_SCHEMA.empty_table())
