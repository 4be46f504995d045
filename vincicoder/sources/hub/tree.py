"""A published corpus as a tree of files: a local folder, the hub, or any other file system of fsspec."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from vincicoder.retrying import retry
from vincicoder.sample import InfrastructureError
from vincicoder.sources.known import remembered

_T = TypeVar("_T")

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
# Libraries whose errors mean that the network failed, though they do not derive from OSError.
_NETWORK_LIBRARIES = frozenset(
    {"aiohttp", "httpx", "httpcore", "requests", "urllib3", "huggingface_hub", "botocore", "fsspec"}
)
_LASTING = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
RETRY_SECONDS = (0.5, 2.0, 8.0)
# Files up to this size, and files of rows that are scanned anyway, are hashed whole for the revision; of
# others both ends and the size.
_TEXT_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv"})
_WHOLE_BYTES = 64 << 20
_END_BYTES = 64 << 10


def is_network_failure(error: BaseException) -> bool:
    """Whether trying again may help."""
    if isinstance(error, _LASTING):
        return False
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _NETWORK_LIBRARIES


def retrying(action: Callable[[], _T], what: str) -> _T:
    """Return what the action returns, trying again when the network fails.

    Raises `InfrastructureError` when it keeps failing; other errors are passed on at once.
    """
    try:
        return retry(action, RETRY_SECONDS, is_network_failure)
    except Exception as error:
        if not is_network_failure(error):
            raise
        raise InfrastructureError(f"cannot read {what}: {type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class FileTree:
    """The files of a corpus below a folder or URL; `url` may name one file of it instead, or, on
    this machine, several by a pattern (`*`, `?`, `[...]`, `**`).

    Web servers do not distinguish folders from files, so the URL of a folder there ends in a slash.
    """

    url: str

    @cached_property
    def _place(self) -> tuple[Any, str, tuple[str, ...] | None]:
        """The file system, the root folder, and the files that were named (None where all are meant)."""
        filesystem, path = url_to_fs(self.url if "://" in self.url else str(Path(self.url).expanduser()))
        path = path.rstrip("/")
        if not self.url.endswith("/") and retrying(lambda: bool(filesystem.isfile(path)), self.url):
            folder, _, name = path.rpartition("/")
            return filesystem, folder, (name,)
        if glob.has_magic(path) and isinstance(filesystem, LocalFileSystem) and not Path(path).exists():
            return filesystem, *_matching(path)
        return filesystem, path, None

    @property
    def names_one_file(self) -> bool:
        """Whether `url` is the path of a file, or a pattern: whoever wrote it knows what is in it."""
        return self._place[2] is not None

    @property
    def is_local(self) -> bool:
        return isinstance(self._place[0], LocalFileSystem)

    def whole(self) -> FileTree:
        """Return the folder that holds the file, where one file was named."""
        if self._place[2] is None:
            return self
        return FileTree(self._place[1] or "/") if self.is_local else FileTree(self.url.rpartition("/")[0])

    def exists(self, relative: str) -> bool:
        filesystem, _, _ = self._place
        return bool(retrying(lambda: filesystem.isfile(self.path(relative)), relative))

    def path(self, relative: str) -> str:
        root = self._place[1]
        return f"{root}/{relative}" if relative else root

    @cached_property
    def files(self) -> dict[str, int]:
        """Bytes of each file that is no picture, by its path within the tree, sorted.

        Pictures may be millions, and are only ever looked up by name. Hidden files are left out.
        Raises FileNotFoundError where there is neither folder nor file.
        """
        filesystem, root, named = self._place
        if named is not None:
            found = {
                name: int(retrying(lambda name=name: filesystem.size(self.path(name)), name) or 0)  # type: ignore[misc]
                for name in named
            }
            if not found:
                raise FileNotFoundError(f"no file matches {self.url}")
        elif self.is_local:
            if not Path(root).is_dir():
                raise FileNotFoundError(f"there is no file or folder {self.url}")
            found = dict(_walk_local(root))
        else:
            listed = retrying(lambda: filesystem.find(f"{root}/", detail=True), self.url)
            prefix = root.rstrip("/") + "/"
            found = {
                str(name).removeprefix(prefix): int(entry.get("size") or 0) for name, entry in listed.items()
            }
            if not found:
                raise FileNotFoundError(f"there are no files at {self.url}")
        return {
            name: found[name]
            for name in sorted(found)
            if PurePosixPath(name).suffix.lower() not in PICTURE_SUFFIXES
            and not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)
        }

    def open(self, relative: str) -> IO[bytes]:
        """Open a file for reading bytes; seekable."""
        filesystem, _, _ = self._place
        opened: IO[bytes] = retrying(lambda: filesystem.open(self.path(relative), "rb"), relative)
        return opened

    def read(self, relative: str) -> bytes:
        """Return a whole file, such as one picture."""
        filesystem, _, _ = self._place
        return bytes(retrying(lambda: filesystem.cat_file(self.path(relative)), relative))

    def remembered(self, names: Iterable[str], what: str, find: Callable[[], bytes]) -> bytes:
        """Return what `find` finds out about some files; from the last time where they are large, on this
        machine and still the same (`vincicoder.sources.known`)."""
        return remembered([Path(self.path(name)) for name in names], what, find) if self.is_local else find()

    def content_hash(self) -> str:
        """Return `sha256:` and a digest of names, sizes and content. Of a file over 64 MB that is an archive,
        Parquet, or far away only the first and last 64 KB are read, where tables of contents lie. Large files
        of this machine that are as they were are not read again (`vincicoder.sources.known`)."""
        names = "\0".join(self.files)
        return self.remembered(
            self.files, f"content hash 1 {names}", lambda: self._hashed().encode()
        ).decode()

    def _hashed(self) -> str:
        digest = hashlib.sha256()
        for name, size in self.files.items():
            digest.update(f"{name}\0{size}\0".encode())
            with self.open(name) as stream:
                is_text = self.is_local and PurePosixPath(name).suffix.lower() in _TEXT_SUFFIXES
                if size > _WHOLE_BYTES and not is_text:
                    digest.update(stream.read(_END_BYTES))
                    stream.seek(size - _END_BYTES)
                while block := stream.read(1 << 20):
                    digest.update(block)
        return f"sha256:{digest.hexdigest()}"


def _matching(pattern: str) -> tuple[str, tuple[str, ...]]:
    """Return the last folder of a pattern that is no pattern, and the files below it that match."""
    parts = PurePosixPath(pattern).parts
    plain = next(number for number, part in enumerate(parts) if glob.has_magic(part))
    root = PurePosixPath(*parts[:plain]).as_posix()
    found = glob.glob(str(PurePosixPath(*parts[plain:])), root_dir=root, recursive=True)  # noqa: PTH207
    return root, tuple(sorted(name for name in found if Path(root, name).is_file()))


def _walk_local(root: str) -> Iterator[tuple[str, int]]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if PurePosixPath(name).suffix.lower() not in PICTURE_SUFFIXES:
                path = os.path.join(folder, name)  # noqa: PTH118 (a path object a file is slow)
                if os.path.exists(path):  # noqa: PTH110 (a link may lead nowhere)
                    yield os.path.relpath(path, root).replace(os.sep, "/"), os.stat(path).st_size  # noqa: PTH116
