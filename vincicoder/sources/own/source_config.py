"""Own data: sources declared in a YAML file.

sources:
  - name: our-charts
    format: jsonl            # jsonl, json, parquet, csv, arrow, or folder (files of code)
    path: charts.jsonl       # relative to the YAML file: a file, a folder of files, or an archive
    domain: chart
    language: python         # or language_column: lang
    code_column: code        # default: code, or a chat in `messages`; `answer.code` lies within `answer`
    id_column: uuid          # default: the row's position
    license: CC-BY-4.0       # or also license_column
    image_column: picture    # the row's own picture: bytes, a path, base64; default: none
    stack: 2022              # the libraries its programs were written for (docs/stacks.md); default: today's
    data: .                  # a folder of files that its programs read (docs/sources.md); default: none
    encoding: cp1252         # of text files; default: UTF-8, or what the file's mark says
    citation: Our charts, 2026
  - name: someone-elses
    format: hub              # any data set on the hub, or a copy of one at `path`
    hub_id: owner/name
    ...
  - corpus: web2code         # a published corpus whose columns have other names here
    path: web2code
    columns: {conversation: turns}
    keep: {lang: [en], score: {min: 4}}
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vincicoder.extract import canonical_language
from vincicoder.render.registry import ROW_LANGUAGES
from vincicoder.sample import Domain
from vincicoder.sources.base import Source, SourceInfo
from vincicoder.sources.data_folder import DataFolder, WithData
from vincicoder.sources.own.corpus_config import (
    SourceConfigError,
    check_stack,
    make_corpus_source,
    make_rows_source,
)
from vincicoder.sources.own.folder_source import FolderSource
from vincicoder.yaml_file import read_yaml

__all__ = ["SourceConfigError", "load_source_config"]

_FORMATS = ("jsonl", "json", "parquet", "csv", "arrow", "folder", "hub")
_FORMAT_NAMES = {"ndjson": "jsonl", "jsonlines": "jsonl", "tsv": "csv", "feather": "arrow", "files": "folder"}
_TEXT_FIELDS = ("encoding",)
_COMMON_FIELDS = ("name", "format", "path", "domain", "language", "license", "citation", "stack", "data")
_COLUMN_FIELDS = (
    "language_column",
    "code_column",
    "id_column",
    "license_column",
    "image_column",
    "domain_column",
)
_REQUIRED_FIELDS = ("name", "format", "path", "domain", "license")
_HUB_FIELDS = ("hub_id", "revision")


def load_source_config(path: Path) -> list[Source]:
    """Return the sources that a YAML file declares, in order. The data is not read.

    Raises `SourceConfigError`, naming the entry and the field.
    """
    content = read_yaml(path, "the source file", SourceConfigError)
    folder = path.parent.absolute()  # another machine, or another folder, may be where it is read
    entries = content.get("sources") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise SourceConfigError(f"{path}: expected a mapping with a non-empty list `sources`")
    sources: dict[str, Source] = {}
    for number, entry in enumerate(entries, start=1):
        where = f"{path}, source {number}"
        if not isinstance(entry, dict):
            raise SourceConfigError(f"{where}: received {entry!r}; expected a mapping of fields")
        source: Source
        if "corpus" in entry:
            source = make_corpus_source(entry, folder, where)
        else:
            source = _make_source(entry, folder, where)
        if "data" in entry:
            data = DataFolder(folder / Path(entry["data"]).expanduser())
            source = WithData(source, data, isinstance(source, FolderSource))
        if source.info.name in sources:
            raise SourceConfigError(f"{where}: the name {source.info.name!r} is given twice; choose another")
        sources[source.info.name] = source
    return list(sources.values())


def _make_source(given: Mapping[str, Any], folder: Path, where: str) -> Source:
    _check_fields(given, where)
    entry = _plain(given)
    _check_value(entry, "format", _FORMATS, where)
    _check_value(entry, "domain", tuple(Domain), where)
    if "language" in entry:
        _check_value(entry, "language", ROW_LANGUAGES, where)
    if "stack" in entry:
        check_stack(entry["stack"], [entry["language"]] if "language" in entry else ROW_LANGUAGES, where)
    if "encoding" in entry:
        _check_encoding(entry["encoding"], where)
    is_folder = entry["format"] == "folder"
    if is_folder and any(field in entry for field in _COLUMN_FIELDS):
        raise SourceConfigError(f"{where}: a folder has no columns; remove {', '.join(_COLUMN_FIELDS)}")
    if not is_folder and ("language" in entry) == ("language_column" in entry):
        raise SourceConfigError(
            f"{where}: give either `language` (one for all rows) or `language_column`, and not both"
        )
    if not is_folder:
        return make_rows_source(entry, folder)
    info = SourceInfo(
        name=entry["name"],
        domain=entry["domain"],
        languages=(entry["language"],) if "language" in entry else ROW_LANGUAGES,
        license=entry["license"],
        origin=f"own data, folder {Path(entry['path']).name}",
        citation=entry.get("citation", ""),
        stack=entry.get("stack", ""),
    )
    return FolderSource(
        info,
        folder / Path(entry["path"]).expanduser(),
        entry["domain"],
        entry["license"],
        entry.get("language"),
        entry.get("encoding", ""),
        is_given_data="data" in entry,
    )


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry with names as the project writes them: `Python`, `py` and `python3` are python."""
    plain = dict(entry)
    if isinstance(plain.get("stack"), int):  # as YAML reads a year
        plain["stack"] = str(plain["stack"])
    for field in ("format", "domain", "language"):
        if field in plain:
            plain[field] = plain[field].strip().lower()
    plain["format"] = _FORMAT_NAMES.get(plain["format"], plain["format"])
    if "language" in plain:
        plain["language"] = canonical_language(plain["language"]) or plain["language"]
    return plain


def _check_encoding(name: str, where: str) -> None:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise SourceConfigError(
            f"{where}: encoding is {name!r}; allowed are Python's, such as utf-8, cp1252, gb18030, shift_jis"
        ) from error


def _check_fields(entry: Mapping[str, Any], where: str) -> None:
    is_hub = entry.get("format") == "hub"
    allowed = (*_COMMON_FIELDS, *_COLUMN_FIELDS, *_TEXT_FIELDS, *(_HUB_FIELDS if is_hub else ()))
    unknown = [field for field in entry if field not in allowed]
    if unknown:
        raise SourceConfigError(
            f"{where}: unknown field {', '.join(map(repr, unknown))}; allowed are {', '.join(allowed)}"
        )
    required = [*(field for field in _REQUIRED_FIELDS if not is_hub or field != "path")]
    missing = [field for field in required if field not in entry]
    if is_hub and "path" not in entry and "hub_id" not in entry:
        missing.append("hub_id")
    if missing:
        raise SourceConfigError(f"{where}: missing {', '.join(missing)}")
    for field, value in entry.items():
        if field == "stack" and isinstance(value, int):
            continue
        if not isinstance(value, str) or not value:
            raise SourceConfigError(f"{where}: {field} is {value!r}; expected a non-empty text")


def _check_value(entry: Mapping[str, Any], field: str, allowed: tuple[str, ...], where: str) -> None:
    if entry[field] not in allowed:
        raise SourceConfigError(f"{where}: {field} is {entry[field]!r}; allowed are {', '.join(allowed)}")
