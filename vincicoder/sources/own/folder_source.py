"""Own data: a folder of code files, the language taken from the suffix."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from vincicoder.sample import RawSample
from vincicoder.sources.base import SourceInfo, SourceUnavailableError
from vincicoder.sources.hub.archive import MAX_PICTURE_BYTES
from vincicoder.sources.hub.pictures import picture_note
from vincicoder.sources.hub.tree import FileTree
from vincicoder.sources.hub.unpack import is_archive, unpacked_folder
from vincicoder.sources.own.folder_files import FolderFiles, language_of, list_folder
from vincicoder.sources.own.program import read_program

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


@dataclass(frozen=True)
class FolderSource:
    """One row a file below `path` with a known suffix, or a notebook; other files are counted alone.

    `path` is a folder, one file, a pattern of them, or a zip or tar archive. A picture of the same name
    beside a file, or in a folder `images` beside its folder, is its own picture. What a file names that lies
    beside it (style sheets, scripts, LaTeX inputs, data) is written into it.

    `language` overrides what the suffix tells; `encoding` is that of all files ('': UTF-8, or what each
    declares). The id is the path within the folder. Data is not written into programs that are given its
    files (`is_given_data`).
    """

    info: SourceInfo
    path: Path
    domain: str
    license: str
    language: str | None = None
    encoding: str = ""
    is_given_data: bool = False

    @cached_property
    def _files(self) -> FolderFiles:
        if self.path.is_dir():
            return list_folder(self.path)
        if self.path.is_file() and is_archive(self.path.name):
            try:
                return list_folder(unpacked_folder(FileTree(str(self.path)), self.path.name))
            except SourceUnavailableError as error:
                raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error
        if self.path.is_file() or glob.has_magic(str(self.path)):
            tree = FileTree(str(self.path))
            try:
                names = frozenset(tree.files)
            except FileNotFoundError as error:
                raise SourceUnavailableError(f"source {self.info.name!r}: {error}") from error
            return list_folder(Path(tree.path("")), names)
        raise SourceUnavailableError(
            f"source {self.info.name!r}: there is no folder, file or archive {self.path}; "
            "fix `path` in the source file"
        )

    def revision(self) -> str:
        return self._revision

    @cached_property
    def _revision(self) -> str:
        digest = hashlib.sha256(f"{self.language}\0{self.domain}\0{self.encoding}\0".encode())
        for name in self._files.content():
            path = self._files.root / name
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return f"sha256:{digest.hexdigest()}"

    def count(self) -> int:
        return len(self._files.programs)

    def left_out(self) -> list[str]:
        """Say what lies in the folder and is no row."""
        pictures = set(self._files.pictures)
        used = (self._picture_name(name, pictures) for name in self._files.programs)
        return self._files.left_out(frozenset(name for name in used if name is not None))

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        pictures = set(self._files.pictures)
        for name in self._files.programs[start:stop]:
            yield self._row(name, self._picture_name(name, pictures))

    def _row(self, name: str, picture: str | None) -> RawSample:
        path = self._files.root / name
        language = self.language or language_of(name) or ""
        program = read_program(path, self._files.root, language, self.encoding, not self.is_given_data)
        image = (self._files.root / picture).read_bytes() if picture is not None else None
        if image is not None and len(image) > MAX_PICTURE_BYTES:
            image = None
        return RawSample(
            source_id=name,
            code=program.code,
            language=language,
            domain=self.domain,
            license=self.license,
            image=image,
            rejection=program.rejection,
            changes=program.changes + picture_note(image, picture),
        )

    @staticmethod
    def _picture_name(name: str, pictures: set[str]) -> str | None:
        path = PurePosixPath(name)
        for folder in (path.parent, path.parent / "images", path.parent.parent / "images"):
            for suffix in _PICTURES:
                for spelled in (suffix, suffix.upper()):
                    candidate = (folder / f"{path.stem}{spelled}").as_posix()
                    if candidate in pictures:
                        return candidate
        return None
