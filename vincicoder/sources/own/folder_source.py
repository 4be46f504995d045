"""Own data: a folder of code files, the language told by the suffix."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vincicoder.render.registry import language_of_file
from vincicoder.sample import RawSample
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.files import list_files, read_code
from vincicoder.sources.hub.archive import MAX_PICTURE_BYTES


@dataclass(frozen=True)
class FolderSource:
    """One row a file below `path` with a known suffix; other files, such as pictures, are not rows.

    A picture of the same name beside a file, or in a folder `images` beside its folder, is its own picture.

    `language` overrides what the suffix tells. The id is the path within the folder.
    """

    info: SourceInfo
    path: Path
    domain: str
    license: str
    language: str | None = None

    @cached_property
    def _files(self) -> list[Path]:
        if not self.path.is_dir():
            raise SourceUnavailableError(
                f"source {self.info.name!r}: there is no folder {self.path}; mend `path` in the source file"
            )
        return [path for path in list_files(self.path, ("**/*",)) if language_of_file(path.name)]

    def revision(self) -> str:
        digest = hashlib.sha256()
        for path in self._files:
            digest.update(f"{path.relative_to(self.path).as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return f"sha256:{digest.hexdigest()}"

    def count(self) -> int:
        return len(self._files)

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        for path in self._files[start:stop]:
            yield RawSample(
                source_id=path.relative_to(self.path).as_posix(),
                code=read_code(path),
                language=self.language or language_of_file(path.name) or "",
                domain=self.domain,
                license=self.license,
                image=_picture_beside(path),
            )


def _picture_beside(path: Path) -> bytes | None:
    for folder in (path.parent, path.parent / "images", path.parent.parent / "images"):
        for suffix in (".png", ".jpg", ".jpeg", ".webp"):
            picture = folder / f"{path.stem}{suffix}"
            if picture.is_file() and picture.stat().st_size <= MAX_PICTURE_BYTES:
                return picture.read_bytes()
    return None
