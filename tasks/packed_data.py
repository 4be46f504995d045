"""The data files of a release's row, as one text for who draws it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.data_files import read_data_files
from storage.home import Home
from vincicoder.data_files import pack_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def packed_data(file: Path, row: Mapping[str, Any]) -> str:
    """Return the data files of a row of one of a release's data files in Parquet: '' for none.

    They lie beside the release's data. Raises `InfrastructureError` where one is missing or damaged.
    """
    listed = row.get("data_files") or ()
    return pack_data(read_data_files(Home(file.parent.parent), listed)) if listed else ""
