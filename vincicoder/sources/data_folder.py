"""A source whose programs read files of a folder: each row gets those that its code names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from vincicoder.data_files import MOST_BYTES, MOST_FILES, SUFFIXES, data_names, problem_with
from vincicoder.sample import DataFile, RawSample, Reason, Rejection
from vincicoder.sources.base import Source, SourceInfo, SourceUnavailableError, left_out


class DataRefusedError(Exception):
    """A program names data that it cannot be given; `rejection` says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.rejection = Rejection(reason, detail)


@dataclass(frozen=True)
class DataFolder:
    """A folder of data files. No program reads anything else of it, nor anything through a link."""

    root: Path

    def revision(self) -> str:
        """Return a sha256 over the names and content of all data files. Raises `SourceUnavailableError`."""
        if not self.root.is_dir():
            raise SourceUnavailableError(
                f"there is no folder of data {self.root}; fix `data` in the source file"
            )
        digest = hashlib.sha256()
        for path in sorted(self.root.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size <= MOST_BYTES:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(self.root).as_posix()}\0{content}\0".encode())
        return digest.hexdigest()

    def files_for(self, code: str, language: str, beside: str = "") -> tuple[DataFile, ...]:
        """Return the files that a program names, by name. Raises `DataRefusedError`.

        `beside` is the program's own folder within this one; a file is looked for there, then here. What a
        program is not sure to read and is not here it goes without.
        """
        found: list[DataFile] = []
        left = MOST_BYTES
        for name in data_names(code, language):
            if (problem := problem_with(name.path)) and name.is_read:
                raise DataRefusedError(Reason.COLLECT_DATA_FORBIDDEN, f"reads {name.path[:200]!r}: {problem}")
            path = None if problem else self._find(name.path, beside)
            if path is None and name.is_read:
                detail = f"reads {name.path!r}, which is not in the folder of data"
                raise DataRefusedError(Reason.COLLECT_DATA_MISSING, detail)
            if path is None:
                continue
            left -= path.stat().st_size
            if left < 0 or len(found) == MOST_FILES:
                detail = (
                    f"reads {name.path!r} and others: at most {MOST_FILES} files of {MOST_BYTES} bytes in all"
                )
                raise DataRefusedError(Reason.COLLECT_DATA_TOO_LARGE, detail)
            found.append(DataFile(name.path, path.read_bytes()))
        return tuple(sorted(found, key=lambda file: file.name))

    def _find(self, name: str, beside: str) -> Path | None:
        root = self.root.resolve()
        for base in dict.fromkeys((root / beside, root)):
            path = base / name
            if path.is_file():
                if path.resolve() != path:
                    detail = f"reads {name!r}, which is a link or lies behind one"
                    raise DataRefusedError(Reason.COLLECT_DATA_FORBIDDEN, detail)
                return path
        return None


@dataclass(frozen=True)
class WithData:
    """Another source, of which each row brings the data files that its code names."""

    source: Source
    folder: DataFolder
    is_of_files: bool
    """Whether rows are files, so that data may lie beside each, and ids are their paths."""

    @property
    def info(self) -> SourceInfo:
        return self.source.info

    def revision(self) -> str:
        return f"{self.source.revision()} data sha256:{self._data_revision}"

    @cached_property
    def _data_revision(self) -> str:
        return self.folder.revision()

    def count(self) -> int:
        return self.source.count()

    def left_out(self) -> list[str]:
        """Say what the source leaves out."""
        return left_out(self.source)

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        for raw in self.source.rows(start, stop):
            code = raw.code.decode("utf-8", "ignore") if isinstance(raw.code, bytes) else raw.code
            if raw.rejection is not None or code is None:
                yield raw
                continue
            beside = str(PurePosixPath(raw.source_id).parent) if self.is_of_files else ""
            try:
                yield replace(raw, data=self.folder.files_for(code, raw.language, beside))
            except DataRefusedError as error:
                yield replace(raw, rejection=error.rejection)
