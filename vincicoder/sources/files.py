"""Sources made of files: one row a file, or several snippets cut from each, in a fixed order."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vincicoder.sample import RawSample
from vincicoder.sources.base import SourceInfo


def list_files(root: Path, patterns: Sequence[str]) -> list[Path]:
    """Return the regular files under `root` that match any of the glob patterns, sorted by relative path.

    The order is by code point, whatever the locale or the file system. Symbolic links are left out:
    packages use them to give one file a second name.
    """
    found = {
        path
        for pattern in patterns
        for path in root.glob(pattern)
        if path.is_file() and not path.is_symlink()
    }
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def read_code(path: Path) -> str | bytes:
    """Return a file's text, gunzipped if its name ends in .gz, or its bytes where they are not UTF-8."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def _identifier(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix().removesuffix(".gz")


@dataclass(frozen=True)
class FileSource:
    """One row a file under `root()`.

    `keep` chooses files by path (and, if need be, content) as part of what the source is; `edit` makes
    the text self-contained. Files that are not UTF-8 are yielded as bytes, unedited.
    """

    info: SourceInfo
    root: Callable[[], Path]
    version: Callable[[], str]
    patterns: tuple[str, ...]
    keep: Callable[[Path], bool] | None = None
    edit: Callable[[str], str] | None = None

    @cached_property
    def files(self) -> list[Path]:
        """The files in order, listed once."""
        listed = list_files(self.root(), self.patterns)
        return [path for path in listed if self.keep is None or self.keep(path)]

    def revision(self) -> str:
        return self.version()

    def count(self) -> int:
        return len(self.files)

    def listing(self) -> list[tuple[str, int]]:
        """(source_id, bytes on disk) of each row, so that a profile can choose by them."""
        root = self.root()
        return [(_identifier(path, root), path.stat().st_size) for path in self.files]

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        root = self.root()
        for path in self.files[start:stop]:
            code = read_code(path)
            if self.edit is not None and isinstance(code, str):
                code = self.edit(code)
            yield RawSample(
                source_id=_identifier(path, root),
                code=code,
                language=self.info.languages[0],
                domain=self.info.domain,
                license=self.info.license,
            )


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a file that stands as a sample: where it was, its code, and its licence if its own."""

    source_id: str
    code: str
    license: str | None = None


@dataclass(frozen=True)
class SnippetSource:
    """Rows cut from files by `cut`, which lists them all, in order; they are listed once and kept."""

    info: SourceInfo
    version: Callable[[], str]
    cut: Callable[[], list[Snippet]]

    @cached_property
    def snippets(self) -> list[Snippet]:
        """The snippets in order."""
        return self.cut()

    def revision(self) -> str:
        return self.version()

    def count(self) -> int:
        return len(self.snippets)

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        for snippet in self.snippets[start:stop]:
            yield RawSample(
                source_id=snippet.source_id,
                code=snippet.code,
                language=self.info.languages[0],
                domain=self.info.domain,
                license=snippet.license or self.info.license,
            )
