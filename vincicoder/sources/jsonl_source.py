"""Own data: a file of JSON lines, read by position without holding more than one row."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vincicoder.sample import RawSample
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.code_column import ColumnMap

_BLOCK_BYTES = 1 << 20


def file_revision(paths: list[Path]) -> str:
    """Return `sha256:` and the digest of the files' names and bytes, read in blocks."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as content:
            while block := content.read(_BLOCK_BYTES):
                digest.update(block)
    return f"sha256:{digest.hexdigest()}"


@dataclass(frozen=True)
class JsonlSource:
    """One row a line. A line that is no JSON object is yielded as bytes; its id is the line number.

    An id of the file's own may repeat: the collect stage says so. Blank lines count as lines.
    """

    info: SourceInfo
    path: Path
    columns: ColumnMap

    @cached_property
    def _starts(self) -> array[int]:
        """Offsets of the line starts, and of the end of the file: 8 bytes a line, whatever its length."""
        self._check()
        starts = array("q", [0])
        offset = 0
        with self.path.open("rb") as content:
            while block := content.read(_BLOCK_BYTES):
                position = block.find(b"\n")
                while position >= 0:
                    starts.append(offset + position + 1)
                    position = block.find(b"\n", position + 1)
                offset += len(block)
        if starts[-1] != offset:
            starts.append(offset)
        return starts

    def _check(self) -> None:
        if not self.path.is_file():
            raise SourceUnavailableError(
                f"source {self.info.name!r}: there is no file {self.path}; mend `path` in the source file"
            )

    def revision(self) -> str:
        self._check()
        return file_revision([self.path])

    def count(self) -> int:
        return len(self._starts) - 1

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        starts = self._starts
        with self.path.open("rb") as content:
            for position in range(start, min(stop, self.count())):
                content.seek(starts[position])
                line = content.read(starts[position + 1] - starts[position])
                yield self._read_row(line, position)

    def _read_row(self, line: bytes, position: int) -> RawSample:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            return self.columns.to_raw(row, position)
        return RawSample(
            source_id=f"line {position + 1}",
            code=line.rstrip(b"\r\n"),
            language=self.columns.language or "",
            domain=self.columns.domain,
            license=self.columns.license,
        )
