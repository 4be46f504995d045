"""The rows that the browser shows: released and rejected ones in one view, filtered, sorted, cut into pages.

Every value that a user gives is a parameter of the query; names of columns come from this file alone.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.look.facts import table
from vincicoder.sample import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

WORDS = (
    *("sample_id", "source", "source_id", "domain", "language", "task", "license", "fate", "stage", "reason"),
    *("error_class", "split", "chart_type", "difficulty", "cluster_id"),
)
NUMBERS = (
    *("characters", "tokens", "image_width", "image_height", "render_seconds", "similarity", "clipped"),
    *("value", "bound"),
)
FATES = ("released", "rejected", "all")
FACETS = ("domain", "source", "language", "reason", "task", "split", "license")
MOST_ROWS, ROWS = 500, 60
_CHOICES = 300
_SEARCH_SECONDS = 2.5  # after which a search shows what it has found, unless all rows are wanted
_AT_ONCE = 2 * 122_880  # rows that are looked through between two looks at the clock: a row group a processor
_CODE = 320  # characters of the code that a page of rows shows

_RELEASED = {
    "fate": "'released'",
    "stage": "'publish'",
    "reason": "NULL",
    "detail": "NULL",
    "error_class": "NULL",
    "value": "NULL::DOUBLE",
    "bound": "NULL::DOUBLE",
    "characters": "length(code)",
    "text": "code",
}
_REJECTED = {
    **dict.fromkeys(("split", "chart_type", "difficulty", "cluster_id"), "NULL"),
    **dict.fromkeys(("tokens", "image_width", "image_height"), "NULL::INT"),
    **dict.fromkeys(("similarity", "clipped"), "NULL::FLOAT"),
    "fate": "'rejected'",
    "characters": "code_characters",
    "text": "code_head",
}
_COLUMNS = (*WORDS, "detail", *NUMBERS, "text")


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows there are. A search that was cut short knows only those among the first `looked` rows of
    `of`."""

    rows: int
    looked: int = 0
    of: int = 0

    @property
    def complete(self) -> bool:
        """Whether there are no others."""
        return self.looked == self.of


class WrongFilterError(UserError):
    """A filter that there is not: the message says which there are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows, in which order, and which of them: what the address of a page says.

    `words` are exact, `least` and `most` bound numbers, `text` is looked for in code, names and details, its
    letters as they are; `whole` looks through all rows, however long it takes. `sort` names a column, with
    `-` before it for the largest first.
    """

    fate: str = "released"
    words: tuple[tuple[str, str], ...] = ()
    least: tuple[tuple[str, float], ...] = ()
    most: tuple[tuple[str, float], ...] = ()
    text: str = ""
    whole: bool = False
    sort: str = "sample_id"
    limit: int = ROWS
    offset: int = 0


def parse_wanted(parameters: Mapping[str, str]) -> Wanted:
    """Read the parameters of an address; empty ones do not count. Raises WrongFilterError."""
    words: list[tuple[str, str]] = []
    least: list[tuple[str, float]] = []
    most: list[tuple[str, float]] = []
    plain: dict[str, Any] = {}
    for name, value in parameters.items():
        if not value:
            continue
        bounded = name[4:] if name[:4] in ("min_", "max_") else ""
        if bounded in NUMBERS:
            (least if name.startswith("min_") else most).append((bounded, _number(name, value)))
        elif name == "fate":
            if value not in FATES:
                raise WrongFilterError(f"received fate={value!r}; it is one of {', '.join(FATES)}")
            plain["fate"] = value
        elif name in WORDS:
            words.append((name, value))
        elif name == "q":
            plain["text"] = value
        elif name == "whole":
            plain["whole"] = value != "0"
        elif name == "sort":
            if value.removeprefix("-") not in (*WORDS, *NUMBERS):
                raise WrongFilterError(
                    f"received sort={value!r}; columns are {', '.join((*WORDS, *NUMBERS))}, with - before "
                    "one for the largest first"
                )
            plain["sort"] = value
        elif name in ("limit", "offset"):
            plain[name] = _whole(name, value, MOST_ROWS if name == "limit" else 10**9)
        else:
            raise WrongFilterError(
                f"received the filter {name!r}; there are fate, q, sort, limit, offset, {', '.join(WORDS)}, "
                f"and min_ and max_ of {', '.join(NUMBERS)}"
            )
    if any(name == "reason" for name, _ in words) and "fate" not in plain:
        plain["fate"] = "rejected"
    return Wanted(words=tuple(words), least=tuple(least), most=tuple(most), **plain)


def make_view(database: duckdb.DuckDBPyConnection) -> None:
    """Add the view `every_row` to a connection of `open_locked`."""
    parts = [
        f"SELECT {', '.join(f'{given.get(name, name)} AS {name}' for name in _COLUMNS)}, "
        f"rowid AS place FROM {of}"
        for of, given in (("samples", _RELEASED), ("rejects", _REJECTED))
    ]
    database.execute(f"CREATE TEMP VIEW every_row AS {' UNION ALL '.join(parts)}")


def count_rows(database: duckdb.DuckDBPyConnection, wanted: Wanted) -> int:
    """Return how many rows there are on all pages."""
    where, values = _where(wanted)
    ((found,),) = database.execute(f"SELECT count(*) FROM every_row WHERE {where}", values).fetchall()
    return int(found)


def search_rows(database: duckdb.DuckDBPyConnection, wanted: Wanted) -> Found:
    """Look through the texts once: keep what `find_rows` then sorts, and return how many rows there are.

    The rows are looked through in the order in which they lie, part by part, until all are or, where not
    `wanted.whole`, the next part would end after 2.5 seconds.
    """
    where, values = _where(wanted)
    query = f"SELECT fate, place, sample_id, {_column(wanted)} AS sorted FROM every_row WHERE {where}"
    database.execute(f"CREATE OR REPLACE TEMP TABLE matches AS {query} AND place < 0", values)
    ((rows, most),) = database.execute(
        "SELECT count(*), coalesce(max(place) + 1, 0) FROM every_row WHERE fate = ? OR ? = 'all'",
        [wanted.fate, wanted.fate],
    ).fetchall()
    started = time.monotonic()
    looked, longest = 0, 0.0
    for start in range(0, most, _AT_ONCE):
        asked = time.monotonic()
        if start and not wanted.whole and asked - started + longest > _SEARCH_SECONDS:
            break
        part = [start, start + _AT_ONCE]
        database.execute(f"INSERT INTO matches {query} AND place >= ? AND place < ?", [*values, *part])
        looked, longest = start + _AT_ONCE, max(longest, time.monotonic() - asked)
    ((found,),) = database.execute("SELECT count(*) FROM matches").fetchall()
    if looked >= most:
        return Found(int(found), rows, rows)
    ((done,),) = database.execute(
        "SELECT count(*) FROM every_row WHERE (fate = ? OR ? = 'all') AND place < ?",
        [wanted.fate, wanted.fate, looked],
    ).fetchall()
    return Found(int(found), int(done), int(rows))


def find_rows(database: duckdb.DuckDBPyConnection, wanted: Wanted) -> list[dict[str, Any]]:
    """Return the rows of one page, each with the head of its code; of a text after `search_rows`.

    Their places are found first, over the columns that decide, and then the rest of these few rows.
    """
    where, values = ("true", list[Any]()) if wanted.text else _where(wanted)
    of, column = ("matches", "sorted") if wanted.text else ("every_row", _column(wanted))
    order = f"{column} {'DESC' if wanted.sort.startswith('-') else 'ASC'} NULLS LAST, sample_id, place"
    page = f"LIMIT {wanted.limit} OFFSET {wanted.offset}"
    keys = database.execute(
        f"SELECT fate, place FROM {of} WHERE {where} ORDER BY {order} {page}", values
    ).fetchall()
    shown = ", ".join(name for name in _COLUMNS if name != "text")
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for fate in sorted({fate for fate, _ in keys}):
        places = [place for one, place in keys if one == fate]
        rows = table(
            database,
            f"SELECT {shown}, text[:{_CODE}] AS code, place FROM every_row "
            "WHERE fate = ? AND place IN (SELECT unnest(?))",
            [fate, places],
        )
        found |= {(fate, row.pop("place")): row for row in rows}
    return [found[key] for key in keys]


def facets(database: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, int]]]:
    """Return the values of the columns that a page offers as choices, with the rows of each, most first."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    query = f"SELECT {', '.join(FACETS)}, count(*) FROM every_row GROUP BY ALL"
    for *values, rows in database.execute(query).fetchall():
        for name, value in zip(FACETS, values, strict=True):
            if value is not None:
                counts[name][value] += rows
    return {
        name: sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:_CHOICES]
        for name, counter in counts.items()
    }


def _column(wanted: Wanted) -> str:
    return wanted.sort.removeprefix("-")


def _where(wanted: Wanted) -> tuple[str, list[Any]]:
    terms, values = ["true"], list[Any]()
    if wanted.fate != "all":
        terms.append("fate = ?")
        values.append(wanted.fate)
    for name, word in wanted.words:
        terms.append(f"{name} = ?")
        values.append(word)
    for comparison, bounds in ((">=", wanted.least), ("<=", wanted.most)):
        for name, bound in bounds:
            terms.append(f"{name} {comparison} ?")
            values.append(bound)
    if wanted.text:
        terms.append("(contains(text, ?) OR contains(source_id, ?) OR contains(coalesce(detail, ''), ?))")
        values += [wanted.text] * 3
    return " AND ".join(terms), values


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise WrongFilterError(f"received {name}={value!r}; it is a number") from error


def _whole(name: str, value: str, most: int) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > len(str(most)) or int(value) > most:
        raise WrongFilterError(f"received {name}={value!r}; it is a whole number from 0 to {most:,}")
    return int(value)
