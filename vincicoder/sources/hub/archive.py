"""Pictures in zip and tar archives, read one by one where they lie. Of an archive's table of contents only
some numbers a picture are kept, not its names: some archives hold a million."""

from __future__ import annotations

import hashlib
import tarfile
import threading
import zipfile
from array import array
from pathlib import PurePosixPath
from typing import IO, Any

import numpy as np

from vincicoder.sources.hub.tree import FileTree
from vincicoder.sources.hub.unpack import BROKEN_ARCHIVE, holds_pictures, plain_tar

# A picture of more bytes is left out: the row is kept, and has none to be compared with.
MAX_PICTURE_BYTES = 64 << 20


class Archive:
    """The pictures of one archive. May be asked from several threads."""

    def __init__(self, tree: FileTree, name: str) -> None:
        self._lock = threading.Lock()
        self._zip: _Zip | None = None
        self._stream: IO[bytes]
        if name.lower().endswith(".zip"):
            self._stream = tree.open(name)
            self._zip = _Zip(self._stream)
            self._contents = self._zip.contents
        else:
            plain, member = plain_tar(tree, name)
            self._stream = plain.open(member)
            self._contents = _read_tar(self._stream)
        self.folders = self._contents.folders()

    def read(self, path: str) -> bytes | None:
        """Return a member's bytes, or None where there is none of that name or it is broken."""
        with self._lock:
            if self._zip is not None:
                try:
                    return self._zip.read(path)
                except BROKEN_ARCHIVE:
                    return None
            place = self._contents.find(path)
            if place is None or place[1] > MAX_PICTURE_BYTES:
                return None
            self._stream.seek(place[0])
            return self._stream.read(place[1])


class _Contents:
    """Some numbers for each picture's name, of which a hash of 64 bits is kept."""

    def __init__(self, numbers: int) -> None:
        self._width = numbers + 1
        self._added = array("Q")
        self._table: Any = None
        self._tops: set[str] = set()
        self._common: tuple[str, ...] | None = None  # the folders that all names begin with

    def add(self, name: str, *numbers: int) -> None:
        """Note a member, if it is a picture."""
        if not holds_pictures(name):
            return
        self._added.extend((_hash(name), *numbers))
        parts = PurePosixPath(name).parts[:-1]
        self._tops.add(parts[0] if parts else "")
        common = parts if self._common is None else self._common
        while common != parts[: len(common)]:
            common = common[:-1]
        self._common = common

    def folders(self) -> set[str]:
        """Return the top folders, and the folders that all pictures share, which a row may leave out."""
        shared = self._common or ()
        return self._tops | {"/".join(shared[: depth + 1]) for depth in range(len(shared))}

    def find(self, name: str) -> tuple[int, ...] | None:
        """Return the numbers of the member that was added last under a name."""
        if self._table is None:
            rows = np.frombuffer(self._added, np.uint64).reshape(-1, self._width)
            order = np.argsort(rows[:, 0], kind="stable")
            self._table = np.ascontiguousarray(rows[order].T)
            del rows
            self._added = array("Q")
        key = np.uint64(_hash(name))
        index = int(np.searchsorted(self._table[0], key, side="right")) - 1
        if index < 0 or self._table[0][index] != key:
            return None
        return tuple(int(number) for number in self._table[1:, index])


def _hash(name: str) -> int:
    encoded = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest(), "little")


def _read_tar(stream: IO[bytes]) -> _Contents:
    contents = _Contents(2)
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for entry in archive:
            if entry.isreg():
                contents.add(entry.name.removeprefix("./"), entry.offset_data, entry.size)
            archive.members = []  # type: ignore[attr-defined]  # it would keep them all
    return contents


class _Zip:
    """A zip archive of which, once it is open, numbers are kept instead of Python's own table: 500 MB less
    for a million members."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(stream)
        self.contents = _Contents(5)
        for info in self._archive.infolist():
            kind = info.compress_type | info.flag_bits << 16
            numbers = (info.header_offset, info.compress_size, info.file_size, info.CRC, kind)
            self.contents.add(info.filename, *numbers)
        # A member is read by a ZipInfo made anew from its numbers, so the table is not asked again.
        self._archive.filelist.clear()
        self._archive.NameToInfo.clear()

    def read(self, name: str) -> bytes | None:
        """Return a member's bytes, or None where there is none of that name, or it is too large.

        Raises one of BROKEN_ARCHIVE where it cannot be read.
        """
        found = self.contents.find(name)
        if found is None:
            return None
        info = zipfile.ZipInfo(name)
        info.header_offset, info.compress_size, info.file_size, info.CRC, kind = found
        info.compress_type, info.flag_bits = kind & 0xFFFF, kind >> 16
        return None if info.file_size > MAX_PICTURE_BYTES else self._archive.read(info)
