"""The views of a catalogue, the comments on its columns, and the copy of it that may leave the machine."""

from __future__ import annotations

import glob
import json
from typing import TYPE_CHECKING, Any

import duckdb

from storage.column_notes import table_notes
from storage.database import create_database

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_IMAGES = """
SELECT files.*, samples.split, samples.pixels_sha256
FROM read_parquet({pattern}) AS files JOIN samples USING (sample_id)
"""

# A row may be given twice by its source: it is one sample, and what became of the first counts.
_FATE = """
SELECT sample_id, source, source_id, fate, stage, reason, detail
FROM (
    SELECT sample_id, source, source_id, 'released' AS fate, 'publish' AS stage, NULL::VARCHAR AS reason,
           concat_ws(', ', split, task) AS detail, 0 AS rank
    FROM samples
    UNION ALL
    SELECT sample_id, source, source_id, 'rejected', stage, reason, detail,
           CASE reason WHEN 'dedup.same_row' THEN 2 ELSE 1 END
    FROM rejects
)
QUALIFY row_number() OVER (PARTITION BY sample_id ORDER BY rank, detail) = 1
"""

# Exact duplicates leave before rendering, for a row that may leave after it as a near duplicate of another.
_FOLLOWED = """
CREATE TABLE duplicates AS
SELECT one.removed_id, coalesce(later.kept_id, one.kept_id) AS kept_id, one.kept_id AS compared_id,
       one.kind, one.distance
FROM compared AS one
LEFT JOIN (SELECT * FROM compared WHERE kind NOT IN ('same_row', 'exact_code')) AS later
       ON later.removed_id = one.kept_id AND one.kind IN ('same_row', 'exact_code')
"""


def follow_duplicates(database: duckdb.DuckDBPyConnection) -> None:
    """Make the table `duplicates` of the table `compared`, which is dropped."""
    database.execute(_FOLLOWED)
    database.execute("DROP TABLE compared")


def images_query(files: str) -> str:
    """Return the query of the view `images` over Parquet files, an SQL pattern or list."""
    return _IMAGES.format(pattern=files)


def add_views(database: duckdb.DuckDBPyConnection, data_folder: str | None) -> None:
    """Add the views. `data_folder` is where the Parquet files are, which must be in place by now; None leaves
    the view `images` out."""
    database.execute(f"CREATE VIEW fate AS {_FATE}")
    # What is a pattern's sign in a folder's name stands for itself.
    pattern = r"regexp_replace(folder, '([*?\[])', '[\1]', 'g') || '/data/*.parquet'"
    database.execute(f"CREATE MACRO images_in(folder) AS TABLE {images_query(pattern)}")
    if data_folder is not None:
        pattern = _quoted(f"{glob.escape(data_folder)}/*.parquet")
        database.execute(f"CREATE VIEW images AS {images_query(pattern)}")


def add_comments(database: duckdb.DuckDBPyConnection) -> None:
    """Say of every table, view and column what it means. Raises KeyError for one that has no note."""
    kinds = database.execute(
        "SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE NOT internal "
        "UNION ALL SELECT view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    for name, kind in kinds:
        notes = table_notes()[name]
        database.execute(f"COMMENT ON {kind} {name} IS {_quoted(notes.about)}")
        columns = database.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [name]
        ).fetchall()
        for (column,) in columns:
            database.execute(f'COMMENT ON COLUMN {name}."{column}" IS {_quoted(notes.columns[column])}')


def write_public_copy(catalog: Path, target: Path, config: Mapping[str, Any]) -> None:
    """Copy a catalogue without what describes the machine: host, paths, notes on what is missing there.

    The view `images` of the copy reads `data/` below the working folder. `config` is the configuration that
    the manifest keeps.
    """
    create_database(target)
    with duckdb.connect(str(target)) as database:
        database.execute(f"ATTACH {_quoted(str(catalog))} AS original (READ_ONLY)")
        tables = database.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'original' ORDER BY table_oid"
        ).fetchall()
        for (name,) in tables:
            database.execute(f"CREATE TABLE {name} AS FROM original.{name}{_replaced(name, config)}")
        database.execute("DETACH original")
        database.execute(f"SET file_search_path = {_quoted(str(catalog.parent))}")
        add_views(database, "data")
        add_comments(database)


def _replaced(table: str, config: Mapping[str, Any]) -> str:
    if table == "build":
        kept = _quoted(json.dumps(config, sort_keys=True))
        return f" SELECT * REPLACE (NULL::VARCHAR AS host, {kept}::JSON AS config)"
    if table == "sources":
        return " SELECT * REPLACE (CASE WHEN available THEN '' ELSE 'not on the machine' END AS note)"
    return ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
