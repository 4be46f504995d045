"""Sources of a YAML file that are rows: published corpora, other data sets of the hub, and own data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from vincicoder.extract import canonical_language
from vincicoder.render.registry import ROW_LANGUAGES, stacks_of
from vincicoder.sample import UserError
from vincicoder.sources.hub.conversation import read_turns
from vincicoder.sources.hub.corpus import (
    CONVERSATION,
    Corpus,
    Reading,
    Row,
    malformed,
    read_answer,
    read_code,
)
from vincicoder.sources.hub.registry import find_corpora
from vincicoder.sources.hub.source import CorpusSource
from vincicoder.sources.keep import Keep

_FILES = {
    "jsonl": ("*.jsonl*", "*.ndjson*"),
    "json": ("*.json", "*.json.*"),
    "parquet": ("*.parquet",),
    "csv": ("*.csv*", "*.tsv*"),
    "arrow": ("*.arrow", "*.feather"),
}
_CONVERSATION = "conversation"
_FIELDS = ("corpus", "path", "columns", "keep", "name", "revision", "stack", "data")


class SourceConfigError(UserError):
    """A source file that cannot be used. The message says where, what was received and what is allowed."""


def make_corpus_source(entry: Mapping[str, Any], folder: Path, where: str) -> CorpusSource:
    """Return a published corpus with columns of other names, or with rules for which rows to keep.

    Raises `SourceConfigError`, naming the field.
    """
    unknown = [field for field in entry if field not in _FIELDS]
    if unknown:
        raise SourceConfigError(
            f"{where}: unknown field {', '.join(map(repr, unknown))}; with `corpus`, "
            f"allowed are {', '.join(_FIELDS)}"
        )
    try:
        found = find_corpora(str(entry["corpus"]))
    except KeyError as error:
        raise SourceConfigError(f"{where}: {error.args[0]}") from error
    if len(found) > 1:
        listed = ", ".join(corpus.name for corpus in found)
        raise SourceConfigError(f"{where}: {entry['corpus']!r} means {listed}; name one of them")
    for field in ("path", "name", "revision", "data"):
        if field in entry and (not isinstance(entry[field], str) or not entry[field]):
            raise SourceConfigError(f"{where}: {field} is {entry[field]!r}; expected a text")
    corpus = found[0]
    columns = entry.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns.values()):
        raise SourceConfigError(f"{where}: columns is {columns!r}; expected a mapping of roles to columns")
    roles = [role for role in columns if role not in corpus.columns]
    if roles:
        raise SourceConfigError(
            f"{where}: columns names {', '.join(map(repr, roles))}; allowed are {', '.join(corpus.columns)}"
        )
    if "revision" in entry:
        corpus = replace(corpus, revision=entry["revision"])
    if "stack" in entry:
        check_stack(str(entry["stack"]), corpus.languages, where)
        corpus = replace(corpus, stack=str(entry["stack"]))
    location = _location(entry, folder)
    name = entry.get("name", corpus.name)
    return CorpusSource(corpus, location, dict(columns), _keep(entry.get("keep", {}), where), name)


def check_stack(stack: str, languages: Iterable[str], where: str) -> None:
    """Raise SourceConfigError where none of a source's languages has a stack of that name."""
    allowed = {name: stacks_of(name) for name in languages if stacks_of(name)}
    if not any(stack in stacks for stacks in allowed.values()):
        told = "; ".join(f"for {name} {', '.join(stacks)}" for name, stacks in allowed.items())
        raise SourceConfigError(
            f"{where}: stack is {stack!r}; allowed are {told or 'none: its languages have no stacks'}"
        )


def make_rows_source(entry: Mapping[str, Any], folder: Path) -> CorpusSource:
    """Return own data, or a data set of the hub, by a checked entry with a column map.

    Where no column of code is named, `code` is looked for, then a chat (`messages`, `conversations`).
    """
    columns: dict[str, tuple[str, ...]] = {"code": (entry.get("code_column", "code"),)}
    needs: list[tuple[str, ...]] = [("code",)]
    if "code_column" not in entry:
        columns[_CONVERSATION] = CONVERSATION
        needs = [("code", _CONVERSATION)]
    for role in ("id", "license", "language", "image", "domain"):
        if f"{role}_column" in entry:
            columns[role] = (entry[f"{role}_column"],)
            needs.append((role,))
    is_hub = entry["format"] == "hub"
    corpus = Corpus(
        name=entry["name"],
        hub_id=entry.get("hub_id", ""),
        domain=entry["domain"],
        languages=(entry["language"],) if "language" in entry else ROW_LANGUAGES,
        license=entry["license"],
        citation=entry.get("citation", ""),
        size="",
        columns=columns,
        needs=tuple(needs),
        read=partial(_read, entry.get("language")),
        files=() if is_hub else _FILES[entry["format"]],
        note="" if is_hub else f"{entry['format']} {entry['path']}",
        is_own=True,
        revision=entry.get("revision", "main"),
        suffix="" if is_hub else f".{entry['format']}",
        encoding=entry.get("encoding", ""),
        stack=entry.get("stack", ""),
    )
    return CorpusSource(corpus, _location(entry, folder))


def _read(language: str | None, row: Row) -> Reading:
    declared = row.get("language") if language is None else language
    if declared is not None and not isinstance(declared, str):
        return malformed(declared, row.columns["language"], "")
    known = canonical_language(declared or "") or declared or ""
    reading = _read_chat(row, known or None) or read_code(row, known)
    domain = row.get("domain")
    return replace(reading, domain=domain.strip().lower()) if isinstance(domain, str) else reading


def _read_chat(row: Row, language: str | None) -> Reading | None:
    """Read the code of a chat's answer; None where the row's column of code holds none."""
    if row.get("code") is None and _CONVERSATION in row.columns:
        return read_answer(Row(row.values, {_CONVERSATION: row.columns[_CONVERSATION]}, row.file), language)
    value = row.get("code")
    is_text = isinstance(value, str) and value.lstrip()[:200].startswith("[") and '"content"' in value[:2_000]
    if not isinstance(value, list | dict) and not is_text:
        return None
    if read_turns(value) is None:
        return None
    values = {_CONVERSATION: value}
    return read_answer(Row(values, {_CONVERSATION: _CONVERSATION}, row.file), language)


def _location(entry: Mapping[str, Any], folder: Path) -> str | None:
    if "path" not in entry:
        return None
    path = entry["path"]
    return path if "://" in path else str(folder / Path(path).expanduser())


def _keep(rules: Any, where: str) -> Keep:
    allowed: dict[str, tuple[Any, ...]] = {}
    ranges: dict[str, tuple[float | None, float | None]] = {}
    for column, rule in rules.items() if isinstance(rules, dict) else [("keep", rules)]:
        if isinstance(rule, list) and rule:
            allowed[column] = tuple(rule)
        elif isinstance(rule, dict) and rule and set(rule) <= {"min", "max"} and _are_numbers(rule.values()):
            ranges[column] = (rule.get("min"), rule.get("max"))
        else:
            raise SourceConfigError(
                f"{where}: keep of {column} is {rule!r}; expected a list of values, or numbers as "
                "{min: ..., max: ...}"
            )
    return Keep(allowed, ranges)


def _are_numbers(bounds: Iterable[Any]) -> bool:
    return all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in bounds)
