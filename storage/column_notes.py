"""What tables and columns mean: read from `columns.yaml`, for catalogues and dataset cards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TableNotes:
    """What a table is, and what each of its columns means."""

    about: str
    columns: Mapping[str, str]


@cache
def table_notes() -> dict[str, TableNotes]:
    """Return the notes by table; those that tables share are in each."""
    known = yaml.safe_load((files("storage") / "columns.yaml").read_text("utf-8"))
    return {
        name: TableNotes(table["about"], {**known["shared"], **table["columns"]})
        for name, table in known["tables"].items()
    }
