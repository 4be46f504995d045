"""Questions in SQL to a catalogue: one SELECT at a time, and no way to write, or to reach other files.

DuckDB runs in memory and attaches the catalogue read-only; then every access to files but the release's own
Parquet is switched off, and the configuration is locked.
"""

from __future__ import annotations

import base64
import logging
import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb

from storage.catalog_views import images_query
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


logger = logging.getLogger("vincicoder")

_DAMAGED = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
)
_ANEW = "Building again publishes the release anew"


class UnreadableCatalogError(UserError):
    """The catalogue of a release is damaged."""


class QueryError(UserError):
    """A question that the catalogue cannot answer: the message is DuckDB's, and says what is allowed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer, in order. `more` is true where a limit cut them off."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool = False


@contextmanager
def open_locked(folder: Path, memory: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the catalogue of a release's folder for questions of others: its tables and views by their names.

    `memory` bounds what a question may take, such as `1GB`. The view `images` reads the folder's own Parquet,
    wherever it was built. Raises FileNotFoundError, UnreadableCatalogError.
    """
    catalog = folder / "catalog.duckdb"
    if not catalog.is_file():
        raise FileNotFoundError(f"{catalog} is missing: {folder} is no SFT release")
    with duckdb.connect(":memory:") as database:
        # After two seconds of a query DuckDB 2 draws a bar of progress to stdout, into a pipe too.
        for name in ("enable_progress_bar", "autoinstall_known_extensions", "autoload_known_extensions"):
            database.execute(f"SET {name} = false")
        try:
            database.execute(f"ATTACH {quoted(str(catalog))} AS catalog (READ_ONLY)")
        except duckdb.Error as error:
            raise UnreadableCatalogError(f"{catalog} cannot be read: {error}. {_ANEW}") from error
        database.execute("USE catalog")
        data = folder / "data"
        _add_parquet_views(database, data)
        database.execute(f"SET allowed_directories = [{quoted(f'{data}/')}]")
        database.execute("SET temp_directory = ''")
        if memory is not None:
            database.execute(f"SET memory_limit = {quoted(memory)}")
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        try:
            yield database
        except duckdb.OutOfMemoryException as error:
            raise UnreadableCatalogError(
                f"{catalog} needs more memory than the {memory} that it may take here: {error}"
            ) from error
        except _DAMAGED as error:
            raise UnreadableCatalogError(f"{catalog} is damaged: {error}. {_ANEW}") from error


def _add_parquet_views(database: duckdb.DuckDBPyConnection, data: Path) -> None:
    """Add the views over a release's Parquet; where that is damaged, warn: all but pictures is in the
    catalogue."""
    # By name: what is allowed below is compared with a pattern as it is written, escapes and all.
    files = ", ".join(quoted(str(path)) for path in sorted(data.glob("*.parquet")))
    if not files:
        return
    try:
        database.execute(f"CREATE TEMP VIEW images AS {images_query(f'[{files}]')}")
        database.execute(
            "CREATE TEMP VIEW released_files AS SELECT sample_id, filename, file_row_number "
            f"FROM read_parquet([{files}], filename = true, file_row_number = true)"
        )
    except duckdb.Error as error:
        why = str(error).partition("\n")[0]
        logger.warning("%s cannot be read, so pictures come from the home alone: %s. %s", data, why, _ANEW)


def ask_sql(
    database: duckdb.DuckDBPyConnection, sql: str, limit: int | None = None, seconds: float | None = None
) -> Answer:
    """Answer one SELECT (or DESCRIBE, SHOW, SUMMARIZE), with at most `limit` rows, within `seconds`.

    Columns of one name are told apart as `name`, `name_1`. Raises QueryError.
    """
    timer = threading.Timer(seconds, database.interrupt) if seconds is not None else None
    try:
        _require_select(sql)
        if timer is not None:
            timer.start()
        result = database.execute(sql)
        columns = _distinct([column[0] for column in result.description or []])
        rows = result.fetchall() if limit is None else result.fetchmany(limit + 1)
    except duckdb.InterruptException as error:
        raise QueryError(f"the question took over {seconds:g} s and was ended: ask for less") from error
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    finally:
        if timer is not None:
            timer.cancel()
    more = limit is not None and len(rows) > limit
    return Answer(columns, rows[:limit], more)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: bytes as base64, what is no number as null, times as ISO 8601."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str | int | bool | None):
        return value
    if isinstance(value, Decimal):
        return plain(float(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return str(value)


def records(answer: Answer) -> list[dict[str, Any]]:
    """Return the rows of an answer as JSON objects."""
    return [
        {name: plain(value) for name, value in zip(answer.columns, row, strict=True)} for row in answer.rows
    ]


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _require_select(sql: str) -> None:
    kinds = [statement.type for statement in duckdb.extract_statements(sql)]
    if kinds != [duckdb.StatementType.SELECT]:
        received = " and ".join(kind.name for kind in kinds) or "nothing"
        raise QueryError(f"received {received}; a question is one SELECT, DESCRIBE, SHOW or SUMMARIZE")


def _distinct(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        number = 0
        while (one := f"{name}_{number}" if number else name) in found:
            number += 1
        found.append(one)
    return found
