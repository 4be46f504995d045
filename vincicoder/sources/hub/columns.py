"""Finds a corpus's columns in a file, or raises an error that names the columns found and accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.hub.corpus import Corpus

_MAX_LISTED = 40


class SourceSchemaError(SourceUnavailableError):
    """A file's columns are not those of the corpus. The message holds the mapping to write."""


def resolve_columns(
    corpus: Corpus, found: Sequence[str], given: Mapping[str, str], location: str, file: str
) -> dict[str, str]:
    """Return the column of each role that the file has. `given` maps roles to columns and comes first.

    Raises `SourceSchemaError` where a given column is not there, or a group of needed roles has none.
    """
    absent = {role: name for role, name in given.items() if top_column(name, found) not in found}
    if absent:
        named = ", ".join(f"{role}: {name}" for role, name in absent.items())
        raise SourceSchemaError(
            f"source {corpus.name!r}: {file} has no column for {named}; its columns are {_listed(found)}"
        )
    by_name: dict[str, str] = {}
    for name in found:
        by_name.setdefault(_plain(name), name)
    columns = dict(given)
    for role, accepted in corpus.columns.items():
        present = [by_name[_plain(name)] for name in accepted if _plain(name) in by_name]
        present += [name for name in accepted if name not in found and top_column(name, found) in found]
        if present and role not in columns and present[0] not in given.values():
            columns[role] = present[0]
    missing = [group for group in corpus.needs if not any(role in columns for role in group)]
    if missing:
        raise SourceSchemaError(_message(corpus, found, columns, missing, location, file))
    return columns


def top_column(name: str, found: Sequence[str]) -> str:
    """Return the column of the file that holds a column, which may be a dotted path into one."""
    return name if name in found else name.partition(".")[0]


def one_object_message(source: str, file: str) -> str:
    """Return what to say of a JSON file that holds a table's columns, or rows under their ids."""
    return (
        f"source {source!r}: {file} is one object of lists or objects; expected is a list of rows, or a row "
        "a line. Write it so (orient='columns' where each value is a column, 'index' where each is a row):\n"
        f"python -c \"import pandas; pandas.read_json({file!r}, orient='columns')"
        ".to_json('rows.jsonl', orient='records', lines=True)\""
    )


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(map(repr, names[:_MAX_LISTED])) or "none"
    return f"{listed} and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else listed


def _message(
    corpus: Corpus,
    found: Sequence[str],
    columns: Mapping[str, str],
    missing: Sequence[tuple[str, ...]],
    location: str,
    file: str,
) -> str:
    accepted = "; ".join(
        " or ".join(f"{role} ({', '.join(corpus.columns[role])})" for role in group) for group in missing
    )
    if corpus.is_own:
        fields = ", ".join(f"{group[0]}_column" for group in missing)
        return (
            f"source {corpus.name!r}: {file} has no column {accepted}; its columns are {_listed(found)}. "
            f"Fix {fields} in the source file"
        )
    free = [name for name in found if name not in columns.values()]
    choice = free[0] if len(free) == 1 else f"...  # one of {', '.join(free[:_MAX_LISTED]) or 'none is left'}"
    lines = [
        f"source {corpus.name!r}: {file} has the columns {_listed(found)}.",
        f"Accepted is {accepted}, whatever the case.",
        "If one of them is what is meant, say so in a file for --source-config:",
        "",
        "sources:",
        f"  - corpus: {corpus.name}",
        f"    path: {location}",
        "    columns:",
        *(f"      {group[-1]}: {choice}" for group in missing),
    ]
    return "\n".join(lines)
