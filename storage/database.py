"""Makes DuckDB files that older clients read too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

# DuckDB 2.0 writes files that 1.x cannot open, unless the storage version is named when the file is made.
# This one is read by every release from 1.0 on.
_STORAGE_VERSION = "v1.0.0"


def create_database(path: Path) -> None:
    """Make an empty database file; whoever writes into it later keeps its storage version."""
    duckdb.connect(str(path), config={"storage_compatibility_version": _STORAGE_VERSION}).close()
