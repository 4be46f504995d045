"""What was compared with its hashes, so that an unchanged build need not read it again.

A stamp says what a folder's files are without their content: of a local file its size, the times of its last
change (mtime and ctime) and its inode; of an object its tag. Whoever writes to a file through the file system
changes its stamp, and so does who puts its times back, replaces it or copies the home; a bit that turns on
the disk does not. Files are compared with their hashes when they have another stamp than was noted, and when
their content is read.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Protocol

from storage.errors import HomeUnreachableError
from storage.sealed import sealed, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_RECORD = "stages/seen.json"


class _Files(Protocol):
    """What is asked of a home."""

    def stamps(self, folder: str, names: Sequence[str]) -> list[str]: ...

    def read_bytes(self, relative: str) -> bytes: ...

    def write_bytes(self, relative: str, data: bytes) -> None: ...


class SeenFolders:
    """The stamps of the folders of a home whose files were as they must be. Safe to share between threads."""

    def __init__(self, home: _Files) -> None:
        self._home = home
        self._noted: dict[str, str] | None = None
        self._changed = False

    def stamp(self, folder: str, names: Iterable[str], described: bytes) -> str:
        """Return the stamp of some files of a folder; `described` is what states their hashes. It is empty
        where one is missing."""
        try:
            stamps = self._home.stamps(folder, sorted(names))
        except (FileNotFoundError, NotADirectoryError):
            return ""
        return hashlib.sha256(described + json.dumps(stamps).encode()).hexdigest()[:32]

    def holds(self, folder: str, stamp: str) -> bool:
        """Whether the folder was found whole when it had this stamp."""
        return bool(stamp) and self._stamps().get(folder) == stamp

    def note(self, folder: str, stamp: str) -> None:
        """Note that the folder is whole. `stamp` was taken before its files were read."""
        stamps = self._stamps()
        if stamp and stamps.get(folder) != stamp:
            stamps[folder] = stamp
            self._changed = True

    def save(self) -> None:
        """Write what was noted to the home, if there is anything new."""
        if self._changed:
            self._changed = False
            self._home.write_bytes(_RECORD, sealed({"folders": self._stamps()}))

    def _stamps(self) -> dict[str, str]:
        if self._noted is None:
            try:
                self._noted = dict(unseal(self._home.read_bytes(_RECORD))["folders"])
            except HomeUnreachableError:
                raise
            except (OSError, ValueError, KeyError):  # there is none, or it is damaged: all is read again
                self._noted = {}
        return self._noted
