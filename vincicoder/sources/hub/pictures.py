"""The corpora's own pictures as the bytes of a file, from any form in which a row holds them."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from vincicoder.sources.hub.archive import MAX_PICTURE_BYTES, Archive
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES, FileTree, retrying
from vincicoder.sources.hub.unpack import is_archive

_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,", re.I)
_TO_BASE64 = str.maketrans("-_", "+/", " \t\r\n")  # both alphabets, and lines
_MARKS = {
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"\0\0\0": "avif",
}
_BASE64_HEADS = ("iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "Qk")  # PNG, JPEG, GIF, WebP, BMP


@dataclass(frozen=True)
class Pictures:
    """Looks pictures up in a corpus: in the row itself, in its folders, in its archives."""

    tree: FileTree
    _folders: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _archives(self) -> dict[str, Archive]:
        return {
            name: retrying(lambda name=name: Archive(self.tree, name), name)  # type: ignore[misc]
            for name in self.tree.files
            if is_archive(name)
        }

    def find(self, value: Any, data_file: str) -> bytes | None:
        """Return the picture that a row's field holds or names, or None where it can't be had.

        Taken are bytes, `{bytes, path}`, a path, base64 text, a data URI, and a list of these, whose first
        counts. Bytes are not looked into: whether they are a picture shows when they are compared.
        """
        if isinstance(value, list | tuple):
            if len(value) > 8 and all(isinstance(byte, int) and 0 <= byte <= 255 for byte in value):
                return self.find(bytes(value), data_file)
            return next((found for item in value[:1] if (found := self.find(item, data_file))), None)
        if isinstance(value, dict):
            if isinstance(value.get("archive"), str):  # a row of an archive, with its picture beside it
                archive = self._archives.get(value["archive"])
                return archive.read(str(value.get("path"))) if archive is not None else None
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
        if uri or text.lstrip().startswith(_BASE64_HEADS):
            decoded = _from_base64(text[uri.end() :] if uri else text)
            if uri or (decoded is not None and kind_of_picture(decoded)):
                return decoded
        if text.startswith('["'):  # a list in a CSV file's field
            try:
                return self.find(json.loads(text), data_file)
            except (ValueError, RecursionError):
                return None
        path = PurePosixPath(text.strip().replace("\\", "/").lstrip("/"))
        if not text.strip() or len(text) > 1_000 or ".." in path.parts or "\0" in text:
            return None
        if "://" in text or path.suffix.lower() not in PICTURE_SUFFIXES:
            return None
        return self._at_path(path, PurePosixPath(data_file).parent)

    def _at_path(self, path: PurePosixPath, folder: PurePosixPath) -> bytes | None:
        for archive in self._archives.values():
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


def _from_base64(text: str) -> bytes | None:
    plain = text.translate(_TO_BASE64)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None


def kind_of_picture(data: bytes) -> str:
    """Return the format by a file's first bytes, '' where they are not a picture's."""
    if data[:4] == b"RIFF":
        return "webp" if data[8:12] == b"WEBP" else ""
    return next((kind for mark, kind in _MARKS.items() if data.startswith(mark)), "")


def picture_note(image: bytes | None, named: Any) -> tuple[str, ...]:
    """Return the note that the picture which a row's field names is not to be had; else nothing."""
    if image is None:
        if (
            named is None
            or named in ("", [], {}, b"")
            or (isinstance(named, dict) and not any(named.values()))
        ):
            return ()
        shown = f"{named[:100]!r}" if isinstance(named, str) else f"a {type(named).__name__}"
        return (f"collect: own picture not found: {shown}",)
    return (
        () if kind_of_picture(image) else (f"collect: own picture cannot be read: it begins {image[:8]!r}",)
    )


def names_picture(value: Any) -> bool:
    """Whether a row's field names its picture by the path of a file, and does not hold it."""
    if isinstance(value, list | tuple):
        return any(names_picture(item) for item in value[:1])
    if isinstance(value, dict):
        return not value.get("bytes") and any(
            names_picture(value.get(name)) for name in ("path", "file_name")
        )
    return (
        isinstance(value, str)
        and len(value) <= 1_000
        and PurePosixPath(value.strip()).suffix.lower() in PICTURE_SUFFIXES
    )


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
