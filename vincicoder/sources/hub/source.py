"""A published corpus as a source: the same rows from the hub, a mirror, or a local folder."""

from __future__ import annotations

import bisect
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import accumulate
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from vincicoder.sample import InfrastructureError, RawSample, Reason, Rejection
from vincicoder.sources.base import SourceInfo, SourceUnavailableError, count_by_suffix, few
from vincicoder.sources.hub.columns import SourceSchemaError, one_object_message, resolve_columns, top_column
from vincicoder.sources.hub.convert import PROBLEM
from vincicoder.sources.hub.corpus import Corpus, Reading, Row
from vincicoder.sources.hub.json_rows import JsonRows, Unreadable, is_lines
from vincicoder.sources.hub.parquet_rows import ParquetRows
from vincicoder.sources.hub.pictures import Pictures, names_picture, picture_note
from vincicoder.sources.hub.tree import FileTree, retrying
from vincicoder.sources.hub.unpack import PLAIN_SUFFIXES, PlainFile, is_archive, is_data, plain_files
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

# Rows of a file that tell whether its pictures are named by path.
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of rows, with the columns that it has and the path by which its user knows it."""

    rows: JsonRows | ParquetRows
    columns: Mapping[str, str]
    label: str

    def read(self, start: int, stop: int, filters: tuple[str, ...]) -> Iterator[dict[str, Any] | Unreadable]:
        if isinstance(self.rows, ParquetRows):
            fields = self.rows.fields()
            columns = (top_column(name, fields) for name in (*self.columns.values(), *filters))
            wanted = dict.fromkeys((*columns, *({PROBLEM} & set(fields))))
            yield from self.rows.read(start, stop, tuple(wanted))
        else:
            yield from self.rows.read(start, stop)


@dataclass(frozen=True, slots=True)
class _Files:
    """The files whose rows are read, and the paths of those that are not: splits, and what has no rows."""

    taken: list[PlainFile]
    held_out: list[str]
    others: list[str]


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
            stack=corpus.stack,
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
        for file in self._files.taken:
            rows = _rows_of(file, self.corpus.suffix)
            if rows.count() == 0:
                continue
            if isinstance(rows, JsonRows) and rows.is_one_object():
                raise SourceSchemaError(one_object_message(self.info.name, file.label))
            place = self.location or f"hf://datasets/{self.corpus.hub_id}"
            fields = [name for name in rows.fields() if name != PROBLEM]
            if (
                isinstance(rows, JsonRows)
                and not fields
                and isinstance(first := next(rows.read(0, 1)), Unreadable)
            ):
                raise SourceSchemaError(f"source {self.info.name!r}: {file.label}: {first.problem}")
            columns = resolve_columns(self.corpus, fields, self.columns, place, file.label)
            absent = [column for column in self.keep.columns if column not in fields]
            if absent:
                raise SourceSchemaError(
                    f"source {self.info.name!r}: `keep` names {', '.join(absent)}; "
                    f"the columns of {file.label} are {', '.join(fields)}"
                )
            found.append(_Part(rows, columns, file.label))
        return found

    @cached_property
    def _files(self) -> _Files:
        try:
            tree = self._tree
            names = list(tree.files)
        except (FileNotFoundError, InfrastructureError, ImportError, ValueError) as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error
        listed = _in_files(self.corpus, names)
        forced = self.corpus.suffix and tree.names_one_file
        chosen = [
            name
            for name in listed
            if PurePosixPath(name).name not in _NOT_ROWS
            and (is_data(name) or (forced and not is_archive(name)))
        ]
        plain = [name for name in chosen if PurePosixPath(name.lower()).suffix in PLAIN_SUFFIXES]
        packed = [name for name in listed if name not in plain and (name in chosen or is_archive(name))]
        try:
            # Archives are opened only where no plain file has the rows: else they hold pictures.
            files = [
                file
                for name in plain or packed
                for file in plain_files(tree, name, self.corpus.encoding, self.corpus.suffix)
            ]
        except SourceUnavailableError as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error
        if not files:
            shown = ", ".join(names[:8]) or "nothing"
            raise SourceUnavailableError(
                f"source {self.info.name!r}: no file of rows (Parquet, JSON, JSON lines, Arrow, CSV) "
                f"at {self._tree.url}; it holds {shown}{', ...' if len(names) > 8 else ''}"
            )
        training = [file for file in files if not _HELD_OUT.search(file.label)] or files
        taken = {
            file.label.partition("/")[0] if is_archive(file.label.partition("/")[0]) else file.label
            for file in files
        }
        return _Files(
            training,
            [file.label for file in files if file not in training],
            [name for name in names if name not in taken and PurePosixPath(name).name not in _NOT_ROWS],
        )

    def left_out(self) -> list[str]:
        """Say which files are no part of the source: held-out splits, and what is no file of its rows."""
        files, lines = self._files, []
        if files.held_out:
            lines.append(
                f"{len(files.held_out)} files of held-out splits are left out: {few(files.held_out)}; "
                "name one as the path to take it"
            )
        others = [name for name in files.others if not is_archive(name)]
        if others and self.corpus.is_own:
            lines.append(
                f"{len(others)} other files are not taken: {count_by_suffix(others)} ({few(others)})"
            )
        empty = len(files.taken) - len(self._parts)
        if empty:
            lines.append(f"{empty} files hold no row")
        if self._repeated:
            lines.append(
                f"{len(self._repeated)} ids stand in several rows ({few(sorted(self._repeated))}): "
                "file and number are added to them"
            )
        return lines

    @cached_property
    def _repeated(self) -> frozenset[str]:
        """The ids that several rows of own data have; looked for where a column of ids is named."""
        if not self.corpus.is_own or "id" not in self.corpus.columns:
            return frozenset()
        found = self._tree.remembered(
            self._tree.files,
            f"repeated ids 1 {self._settings}",
            lambda: json.dumps(sorted(self._repeated_ids())).encode(),
        )
        return frozenset(json.loads(found))

    def _repeated_ids(self) -> frozenset[str]:
        hashes = np.sort(np.fromiter(map(hash, self._identifiers()), np.int64))  # 8 bytes a row, not its id
        suspects = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
        if not suspects:
            return frozenset()
        counts = Counter(name for name in self._identifiers() if hash(name) in suspects)
        return frozenset(name for name, count in counts.items() if count > 1)

    def _identifiers(self) -> Iterator[str]:
        """The ids of all rows that have one."""
        for part in self._parts:
            if "id" not in part.columns:
                continue
            column = {"id": part.columns["id"]}
            for values in _Part(part.rows, column, part.label).read(0, part.rows.count(), ()):
                if isinstance(values, dict) and (
                    name := _identifier(Row(values, column, part.label).get("id"))
                ):
                    yield name

    def has_own_files(self) -> bool:
        """Whether the place has files that the corpus's patterns name."""
        try:
            return any(_is_named(self.corpus, name) for name in self._tree.files)
        except FileNotFoundError as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error

    def revision(self) -> str:
        return f"{self.corpus.hub_id}@{self._revision}" if self.location is None else self._content_hash

    @cached_property
    def _content_hash(self) -> str:
        """The digest of the files of rows and, where rows name pictures by path, of those."""
        try:
            files = self._tree.content_hash() + self._settings
        except FileNotFoundError as error:
            raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error
        digest = hashlib.sha256(files.encode())
        named = 0
        for part in self._parts if self._tree.is_local else []:
            for picture in self._loose_pictures(part):
                digest.update(hashlib.sha256(picture).digest())
                named += 1
        return f"sha256:{digest.hexdigest()}" if named else files

    def _loose_pictures(self, part: _Part) -> Iterator[bytes]:
        """The pictures that a file's rows name by path, in order; empty for one that is not there."""
        column = part.columns.get("image")
        if column is None:
            return
        only = replace(part, columns={"image": column})
        looked_at = only.read(0, min(_LOOKED_AT, part.rows.count()), ())
        if not any(names_picture(_picture_field(values, only)) for values in looked_at):
            return  # pictures lie in the rows themselves: in a file that was hashed
        for values in only.read(0, part.rows.count(), ()):
            yield self._pictures.find(_picture_field(values, only), part.label) or b""

    @property
    def _settings(self) -> str:
        """What a user's file says of how the rows are read: another reading is another revision."""
        corpus = self.corpus
        if not (corpus.is_own or self.columns or self.keep.columns):
            return ""
        read = (corpus.columns, corpus.languages, corpus.domain, corpus.encoding, self.columns, self.keep)
        return f"+{hashlib.sha256(repr(read).encode()).hexdigest()[:16]}"

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
        place = f"{part.label}#{number}"
        if isinstance(values, Unreadable):
            return self._malformed(place, values.text, values.problem)
        problem = values.pop(PROBLEM, None)
        row = Row(values, part.columns, part.label)
        if problem:
            return self._malformed(place, str(row.get("code") or row.get("answer") or ""), problem)
        reading = self.corpus.read(row)
        identifier = _identifier(row.get("id"))
        if identifier in self._repeated:
            identifier = f"{identifier} ({place})"
        row_license = row.get("license")
        image, note = self._picture(row) if _is_wanted(reading) else (None, ())
        return RawSample(
            source_id=identifier or place,
            code=reading.code,
            language=reading.language or (info.languages[0] if reading.rejection else ""),
            domain=reading.domain or info.domain,
            license=row_license if isinstance(row_license, str) and row_license else info.license,
            image=image,
            rejection=reading.rejection or self.keep.verdict(values),
            changes=reading.changes + note,
        )

    def _malformed(self, place: str, text: str, problem: str) -> RawSample:
        info = self.info
        rejection = Rejection(Reason.COLLECT_MALFORMED_ROW, problem)
        return RawSample(place, text, info.languages[0], info.domain, info.license, rejection=rejection)

    def _picture(self, row: Row) -> tuple[bytes | None, tuple[str, ...]]:
        """Return the row's own picture, or a note that what it names is not to be had."""
        value = row.get("image")
        image = self._pictures.find(value, row.file)
        return image, picture_note(image, value)


def _picture_field(values: dict[str, Any] | Unreadable, part: _Part) -> Any:
    return None if isinstance(values, Unreadable) else Row(values, part.columns, part.label).get("image")


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


def _rows_of(file: PlainFile, given: str) -> JsonRows | ParquetRows:
    suffix = PurePosixPath(file.name.lower()).suffix
    suffix = suffix if suffix in PLAIN_SUFFIXES else given
    if suffix == ".parquet":
        return ParquetRows(file.tree, file.name, file.label)

    def read_head() -> bytes:
        with file.tree.open(file.name) as stream:
            return stream.read(1 << 20)

    return JsonRows(file.tree, file.name, is_lines(retrying(read_head, file.label), suffix))
