"""Where a home's files lie: a local folder, or an object store."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from storage.errors import HomeError
from storage.stores.local import LocalStore
from storage.stores.objects import SCHEMES, ObjectStore

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection, Sequence
    from contextlib import AbstractContextManager

_ALLOWED = ", ".join(f"{scheme}://" for scheme in SCHEMES)
_HALF_A_URI = re.compile(rf"(?:{'|'.join(SCHEMES)}|file|[A-Za-z][\w+.-]+(?=:/)):(?!//)", re.IGNORECASE)


class Store(Protocol):
    """What a home asks of the place of its files. Paths are relative, with `/`; a file is there whole or not
    at all."""

    scratch_root: Path
    """The local folder below which files are written before they are installed."""

    def path(self, relative: str) -> str:
        """Return the full path or URI, as users name it."""
        ...

    def exists(self, relative: str) -> bool: ...

    def list_names(self, relative: str) -> list[str]:
        """Return the sorted names directly under a folder; empty when there is no such folder."""
        ...

    def list_holding(self, relative: str, name: str, known: Collection[str] = ()) -> list[str]:
        """Return the sorted names of the folders directly under a folder that hold a file of this name, but
        for those that are `known`."""
        ...

    def read_bytes(self, relative: str) -> bytes: ...

    def local_copy(self, relative: str) -> AbstractContextManager[Path]:
        """Yield the local path of a file, or of a copy of it. Raises FileNotFoundError."""
        ...

    def stamps(self, folder: str, names: Sequence[str]) -> list[str]:
        """Return for each file of a folder what is another after any write to it, without reading it. Raises
        FileNotFoundError."""
        ...

    def install(self, scratch: Path, relative: str) -> None:
        """Move a finished local file to its place."""
        ...

    def remove(self, relative: str) -> None:
        """Remove a file, if it is there."""
        ...

    def move(self, relative: str, moved: str) -> None:
        """Move a file or a folder."""
        ...

    def point(self, relative: str, name: str) -> None:
        """Switch a pointer to a sibling name, atomically."""
        ...

    def resolve_pointer(self, relative: str) -> str | None:
        """Return the name that a pointer holds, or None when it was never set."""
        ...

    def lock(self, stopping: threading.Event) -> AbstractContextManager[None]:
        """Hold the home for one build. `stopping` is set when it is lost. Raises `HomeBusyError`."""
        ...


def open_store(uri: str) -> LocalStore | ObjectStore:
    """Open a folder or a URI. Raises `HomeError` where it can be none of these."""
    if _HALF_A_URI.match(uri):
        raise HomeError(
            f"home {uri} cannot be opened: it starts like a URI, and those of homes start with one of "
            f"{_ALLOWED}; for a folder of that name give ./{uri}"
        )
    scheme, separator, rest = uri.partition("://")
    if separator and scheme != "file":
        if scheme not in SCHEMES:
            raise HomeError(
                f"home {uri} cannot be opened: a home is a folder or a URI that starts with one of "
                f"{_ALLOWED}, received {scheme}://"
            )
        if not rest.split("/")[0]:
            raise HomeError(f"home {uri} names no bucket: give {scheme}://bucket/prefix")
        return ObjectStore(uri)
    root = Path(os.path.expanduser(uri.removeprefix("file://")))  # noqa: PTH111
    if root.exists() and not root.is_dir():
        raise HomeError(f"home {uri} is a file; give a folder, which is made where there is none")
    return LocalStore(root.absolute(), uri)
