"""A published corpus as a source: the same rows from the hub, a mirror, or a local folder."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import accumulate
from pathlib import PurePosixPath
from typing import Any

from vincicoder.sample import InfrastructureError, RawSample, Reason, Rejection
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.hub.columns import SourceSchemaError, one_object_message, resolve_columns
from vincicoder.sources.hub.corpus import Corpus, Reading, Row
from vincicoder.sources.hub.json_rows import JsonRows, Unreadable
from vincicoder.sources.hub.parquet_rows import ParquetRows
from vincicoder.sources.hub.pictures import Pictures
from vincicoder.sources.hub.tree import FileTree, retrying
from vincicoder.sources.hub.unpack import PLAIN_SUFFIXES, is_archive, is_data, plain_files
from vincicoder.sources.keep import Keep

_HELD_OUT = re.compile(
    r"(?:^|[/_.-])(?:test|testing|val|valid|validation|dev|eval|evaluation)(?:[/_.-]|$)", re.I
)
_NOT_ROWS = frozenset(
    {
        "dataset_info.json",
        "dataset_infos.json",
        "dataset_dict.json",
        "state.json",
        "config.json",
        "stats.json",
    }
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of rows, with the columns that it has."""

    rows: JsonRows | ParquetRows
    columns: Mapping[str, str]
    name: str

    def read(self, start: int, stop: int, filters: tuple[str, ...]) -> Iterator[dict[str, Any] | Unreadable]:
        if isinstance(self.rows, ParquetRows):
            wanted = dict.fromkeys([*self.columns.values(), *filters])
            yield from self.rows.read(start, stop, tuple(wanted))
        else:
            yield from self.rows.read(start, stop)


@dataclass(frozen=True)
class CorpusSource:
    """The rows of a corpus in the order of its files' names; held-out splits are left out.

    `location` is a folder, file or URL in the corpus's published layout, or None for the hub. `columns`
    maps roles to columns that have other names here, and `keep` rejects rows by their values.
    """

    corpus: Corpus
    location: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: Keep = field(default_factory=Keep)
    name: str = ""

    @cached_property
    def info(self) -> SourceInfo:
        """What the corpus declares. The place is not part of it: a release must not depend on it."""
        corpus = self.corpus
        published = f"Hugging Face data set {corpus.hub_id}" if corpus.hub_id else "a local folder"
        if corpus.is_own and not corpus.hub_id:
            published = "own data"
        return SourceInfo(
            name=self.name or corpus.name,
            domain=corpus.domain,
            languages=corpus.languages,
            license=corpus.license,
            origin=f"{published}{'; ' if corpus.note else ''}{corpus.note}",
            citation=corpus.citation,
            size=corpus.size,
        )

    @cached_property
    def _revision(self) -> str:
        """The commit on the hub that all reads are pinned to."""
        from huggingface_hub import HfApi  # takes a second to import

        if not self.corpus.hub_id:
            raise SourceUnavailableError(
                f"{self.corpus.name}: no data is published; give a local folder: "
                f"--source {self.corpus.name}=FOLDER ({self.corpus.note})"
            )
        try:
            found = HfApi().dataset_info(self.corpus.hub_id, revision=self.corpus.revision, timeout=10).sha
        except Exception as error:
            raise SourceUnavailableError(
                f"{self.corpus.name}: data set {self.corpus.hub_id} is not reachable on the hub "
                f"({type(error).__name__}); give a local copy: --source {self.corpus.name}=FOLDER"
            ) from error
        return str(found)

    @cached_property
    def _tree(self) -> FileTree:
        if self.location is not None:
            return FileTree(self.location)
        return FileTree(f"hf://datasets/{self.corpus.hub_id}@{self._revision}")

    @cached_property
    def _pictures(self) -> Pictures:
        return Pictures(self._tree.whole())

    @cached_property
    def _parts(self) -> list[_Part]:
        found: list[_Part] = []
        for tree, name in self._files():
            rows = _rows_of(tree, name)
            if rows.count() == 0:
                continue
            if isinstance(rows, JsonRows) and rows.is_one_object():
                raise SourceSchemaError(one_object_message(self.info.name, name))
            place = self.location or f"hf://datasets/{self.corpus.hub_id}"
            fields = rows.fields()
            columns = resolve_columns(self.corpus, fields, self.columns, place, name)
            absent = [column for column in self.keep.columns if column not in fields]
            if absent:
                raise SourceSchemaError(
                    f"source {self.info.name!r}: `keep` names {', '.join(absent)}; "
                    f"the columns of {name} are {', '.join(fields)}"
                )
            found.append(_Part(rows, columns, name))
        return found

    def _files(self) -> list[tuple[FileTree, str]]:
        try:
            tree = self._tree
            names = list(tree.files)
        except (FileNotFoundError, InfrastructureError, ImportError, ValueError) as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error
        names = _in_files(self.corpus, names)
        chosen = [name for name in names if is_data(name) and PurePosixPath(name).name not in _NOT_ROWS]
        plain = [(tree, name) for name in chosen if PurePosixPath(name.lower()).suffix in PLAIN_SUFFIXES]
        packed = [
            name for name in names if (tree, name) not in plain and (name in chosen or is_archive(name))
        ]
        # Archives are opened only where no plain file has the rows: else they hold pictures.
        for name in [] if plain else packed:
            unpacked, members = plain_files(tree, name)
            plain.extend((unpacked, member) for member in members)
        if not plain:
            listed = ", ".join(names[:8]) or "nothing"
            raise SourceUnavailableError(
                f"source {self.info.name!r}: no file of rows (Parquet, JSON, JSON lines, Arrow, CSV) "
                f"at {self._tree.url}; it holds {listed}{', ...' if len(names) > 8 else ''}"
            )
        training = [entry for entry in plain if not _HELD_OUT.search(entry[1])]
        return training or plain

    def has_own_files(self) -> bool:
        """Whether the place has files that the corpus's patterns name."""
        try:
            return any(_is_named(self.corpus, name) for name in self._tree.files)
        except FileNotFoundError as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error

    def revision(self) -> str:
        if self.location is None:
            return f"{self.corpus.hub_id}@{self._revision}"
        try:
            return self._tree.content_hash()
        except FileNotFoundError as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error

    def count(self) -> int:
        return self._ends[-1] if self._ends else 0

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(part.rows.count() for part in self._parts))

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        number = bisect.bisect_right(self._ends, start)
        while start < stop and number < len(self._parts):
            part = self._parts[number]
            first = self._ends[number - 1] if number else 0
            last = min(stop, self._ends[number])
            for row, values in enumerate(
                part.read(start - first, last - first, self.keep.columns), start=start - first
            ):
                yield self._to_raw(part, row, values)
            start, number = last, number + 1

    def _to_raw(self, part: _Part, number: int, values: dict[str, Any] | Unreadable) -> RawSample:
        info = self.info
        if isinstance(values, Unreadable):
            return RawSample(
                source_id=f"{part.name}#{number}",
                code=values.text,
                language=info.languages[0],
                domain=info.domain,
                license=info.license,
                rejection=Rejection(Reason.COLLECT_MALFORMED_ROW, values.problem),
            )
        row = Row(values, part.columns, part.name)
        reading = self.corpus.read(row)
        identifier = row.get("id")
        row_license = row.get("license")
        return RawSample(
            source_id=_identifier(identifier) or f"{part.name}#{number}",
            code=reading.code,
            language=reading.language or (info.languages[0] if reading.rejection else ""),
            domain=reading.domain or info.domain,
            license=row_license if isinstance(row_license, str) and row_license else info.license,
            image=self._pictures.find(row.get("image"), part.name) if _is_wanted(reading) else None,
            rejection=reading.rejection or self.keep.verdict(values),
        )


def _is_wanted(reading: Reading) -> bool:
    return reading.rejection is None and bool(reading.code)


def _identifier(value: Any) -> str:
    return str(value)[:500] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _in_files(corpus: Corpus, names: list[str]) -> list[str]:
    """Keep the files that the corpus's patterns name; all of them where none does."""
    matching = [name for name in names if _is_named(corpus, name)]
    return matching if any(is_data(name) or is_archive(name) for name in matching) else names


def _is_named(corpus: Corpus, name: str) -> bool:
    return any(fnmatchcase(f"/{name.lower()}", pattern.lower()) for pattern in corpus.files)


def _rows_of(tree: FileTree, name: str) -> JsonRows | ParquetRows:
    suffix = PurePosixPath(name.lower()).suffix
    if suffix == ".parquet":
        return ParquetRows(tree, name)
    return JsonRows(tree, name, lines=suffix in (".jsonl", ".ndjson") or _is_lines(tree, name))


def _is_lines(tree: FileTree, name: str) -> bool:
    """Whether a .json file holds one object a line."""

    def read() -> bytes:
        with tree.open(name) as stream:
            return stream.read(1 << 20)

    lines = [line.strip() for line in retrying(read, name).split(b"\n", 2)]
    return len(lines) > 1 and lines[0][:1] + lines[0][-1:] == b"{}" and lines[1].startswith(b"{")
