"""The corpora's own pictures, in whatever form a row holds them, as the bytes of a file."""

from __future__ import annotations

import base64
import binascii
import re
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import IO, Any

from vincicoder.sources.hub.tree import PICTURE_SUFFIXES, FileTree, retrying
from vincicoder.sources.hub.unpack import holds_pictures, is_archive, plain_tar

# A picture of more bytes is left out: the row is kept, and has none to be compared with.
MAX_PICTURE_BYTES = 64 << 20
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,", re.I)
_BASE64_HEADS = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk")  # PNG, JPEG, GIF, WebP, BMP


class Archive:
    """Pictures in a zip or tar archive, read one by one where they lie."""

    def __init__(self, tree: FileTree, name: str) -> None:
        self._lock = threading.Lock()
        self._stream: IO[bytes]
        self._zip: zipfile.ZipFile | None = None
        # Of a tar: offset and size of each member; of a zip, which keeps its own table, its names alone.
        self._places: dict[str, tuple[int, int]] = {}
        if name.lower().endswith(".zip"):
            self._stream = tree.open(name)
            self._zip = zipfile.ZipFile(self._stream)
            names: Iterator[str] = iter(self._zip.namelist())
        else:
            plain, member = plain_tar(tree, name)
            self._stream = plain.open(member)
            with tarfile.open(fileobj=self._stream, mode="r:") as archive:
                for entry in archive:
                    if entry.isreg() and holds_pictures(entry.name):
                        self._places[entry.name.removeprefix("./")] = (entry.offset_data, entry.size)
                    archive.members = []  # type: ignore[attr-defined]  # it would keep them all
            names = iter(self._places)
        self.folders = {_top(path) for path in names if holds_pictures(path)}

    def read(self, path: str) -> bytes | None:
        """Return a member's bytes, or None where there is none of that name or it is broken."""
        with self._lock:
            if self._zip is not None:
                try:
                    entry = self._zip.getinfo(path)
                    return None if entry.file_size > MAX_PICTURE_BYTES else self._zip.read(entry)
                except (KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
                    return None
            place = self._places.get(path)
            if place is None or place[1] > MAX_PICTURE_BYTES:
                return None
            self._stream.seek(place[0])
            return self._stream.read(place[1])


def _top(path: str) -> str:
    parts = PurePosixPath(path).parts
    return parts[0] if len(parts) > 1 else ""


@dataclass(frozen=True)
class Pictures:
    """Looks pictures up in a corpus: in the row itself, in its folders, in its archives."""

    tree: FileTree
    _folders: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _archives(self) -> list[Archive]:
        return [
            retrying(lambda name=name: Archive(self.tree, name), name)  # type: ignore[misc]
            for name in self.tree.files
            if is_archive(name)
        ]

    def find(self, value: Any, data_file: str) -> bytes | None:
        """Return the picture that a row's field holds or names, or None where it can't be had.

        Taken are bytes, `{bytes, path}`, a path, base64 text, a data URI, and a list of these, whose first
        counts. Bytes are not looked into: whether they are a picture shows when they are compared.
        """
        if isinstance(value, list | tuple):
            return next((found for item in value[:1] if (found := self.find(item, data_file))), None)
        if isinstance(value, dict):
            for name in ("bytes", "image", "data", "path", "file_name", "url"):
                found = self.find(value[name], data_file) if value.get(name) else None
                if found is not None:
                    return found
            return None
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value) if 0 < len(value) <= MAX_PICTURE_BYTES else None
        if isinstance(value, str):
            return self._of_text(value, data_file)
        return None

    def _of_text(self, text: str, data_file: str) -> bytes | None:
        if len(text) > 2 * MAX_PICTURE_BYTES:
            return None
        uri = _DATA_URI.match(text[:100])
        if uri or (len(text) > 200 and text.startswith(_BASE64_HEADS)):
            try:
                return base64.b64decode(text[uri.end() :] if uri else text, validate=False)
            except (ValueError, binascii.Error):
                return None
        path = PurePosixPath(text.strip().replace("\\", "/").lstrip("/"))
        if not text.strip() or len(text) > 1_000 or ".." in path.parts or "\0" in text:
            return None
        if "://" in text or path.suffix.lower() not in PICTURE_SUFFIXES:
            return None
        return self._at_path(path, PurePosixPath(data_file).parent)

    def _at_path(self, path: PurePosixPath, folder: PurePosixPath) -> bytes | None:
        for archive in self._archives:
            for candidate in _candidates(path, archive.folders):
                found = archive.read(candidate)
                if found is not None:
                    return found
        top = path.parts[0] if len(path.parts) > 1 else ""
        known = self._folders.get(top)
        if known is not None and self.tree.exists(_joined(known, path)):
            return self._read(_joined(known, path))
        for prefix in dict.fromkeys((str(folder), "", "images", "image", f"{folder}/images", "png", "data")):
            for tail in _tails(path):
                candidate = _joined(prefix, tail)
                if self.tree.exists(candidate):
                    if tail == path:
                        self._folders[top] = prefix
                    return self._read(candidate)
        return None

    def _read(self, path: str) -> bytes | None:
        content = self.tree.read(path)
        return content if len(content) <= MAX_PICTURE_BYTES else None


def _joined(prefix: str, path: PurePosixPath) -> str:
    return (PurePosixPath(prefix) / path).as_posix()


def _tails(path: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield the path, then the path without its first folder, and so on down to the bare name."""
    for number in range(len(path.parts)):
        yield PurePosixPath(*path.parts[number:])


def _candidates(path: PurePosixPath, folders: set[str]) -> Iterator[str]:
    for tail in _tails(path):
        yield tail.as_posix()
        for folder in sorted(folders):
            if folder and tail.parts[0] != folder:
                yield (PurePosixPath(folder) / tail).as_posix()
