"""Pictures in zip and tar archives, read one by one where they lie. Of an archive's table of contents only
some numbers a picture are kept, not its names: some archives hold a million."""

from __future__ import annotations

import hashlib
import tarfile
import threading
from array import array
from pathlib import PurePosixPath
from typing import IO, Any

import numpy as np

from vincicoder.sources.hub.tree import FileTree
from vincicoder.sources.hub.unpack import BROKEN_ARCHIVE, holds_pictures, plain_tar
from vincicoder.sources.hub.zip_index import MemberPlace, read_index, read_member

# A picture of more bytes is left out: the row is kept, and has none to be compared with.
MAX_PICTURE_BYTES = 64 << 20


class Archive:
    """The pictures of one archive. May be asked from several threads."""

    def __init__(self, tree: FileTree, name: str) -> None:
        self._lock = threading.Lock()
        self._is_zip = name.lower().endswith(".zip")
        if self._is_zip:
            self._stream = tree.open(name)
            self._contents = _read_zip(self._stream)
        else:
            plain, member = plain_tar(tree, name)
            self._stream = plain.open(member)
            self._contents = _read_tar(self._stream)
        self.folders = self._contents.folders()

    def read(self, path: str) -> bytes | None:
        """Return a member's bytes, or None where there is none of that name or it is broken."""
        with self._lock:
            numbers = self._contents.find(path)
            if numbers is None:
                return None
            if self._is_zip:
                place = MemberPlace(*numbers)
                if max(place.packed_size, place.size) > MAX_PICTURE_BYTES:
                    return None
                try:
                    return read_member(self._stream, place)
                except BROKEN_ARCHIVE:
                    return None
            start, size = numbers
            if size > MAX_PICTURE_BYTES:
                return None
            self._stream.seek(start)
            return self._stream.read(size)


class _Contents:
    """Some numbers for each picture's name, of which a hash of 64 bits is kept."""

    def __init__(self, numbers: int) -> None:
        self._width = numbers + 1
        self._added = array("Q")
        self._sorted: tuple[Any, Any] | None = None  # the hashes in order, and the row of each
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
        rows = np.frombuffer(self._added, np.uint64).reshape(-1, self._width)
        if self._sorted is None:
            order = np.argsort(rows[:, 0], kind="stable")
            self._sorted = rows[order, 0], order
        hashes, order = self._sorted
        key = np.uint64(_hash(name))
        index = int(np.searchsorted(hashes, key, side="right")) - 1
        if index < 0 or hashes[index] != key:
            return None
        return tuple(int(number) for number in rows[order[index], 1:])


def _hash(name: str) -> int:
    encoded = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest(), "little")


def _read_zip(stream: IO[bytes]) -> _Contents:
    contents = _Contents(len(MemberPlace._fields))
    for name, place in read_index(stream):
        contents.add(name, *place)
    return contents


def _read_tar(stream: IO[bytes]) -> _Contents:
    contents = _Contents(2)
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for entry in archive:
            if entry.isreg():
                contents.add(entry.name.removeprefix("./"), entry.offset_data, entry.size)
            archive.members = []  # type: ignore[attr-defined]  # it would keep them all
    return contents
