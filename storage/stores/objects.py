"""A home's files on an object store: S3 and what speaks like it, Google's, Azure's, or this process's memory.

An object is put whole, so none is ever seen half. What two writers may both write has a name of its content
(`kept-0123456789abcdef.parquet`) or is written under a condition: that there is none yet, or that it is still
the one that was read. Where the store is and who may use it is taken from the environment, as the store's own
tools take it (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, ...).
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore import exceptions
from obstore.store import MemoryStore, from_url

from storage.errors import HomeError, HomeUnreachableError, HomeUnwritableError
from storage.stores.fetched import FetchedFiles
from storage.stores.lease import hold_lease
from vincicoder.sample import InfrastructureError

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection, Iterator, Sequence

    from storage.stores.fetched import Copy

SCHEMES = ("s3", "gs", "az", "memory")
# The variables that say where a store is, and who asks.
_PLACE = {"s3": "AWS_ENDPOINT_URL, AWS_REGION", "gs": "GOOGLE_BASE_URL", "az": "AZURE_STORAGE_ENDPOINT"}
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
}
# Who has no credentials asks the cloud's machine that it may run on for some.
_OF_THE_MACHINE = ("169.254.169.254", "metadata.google.internal")
_NAMED_BY_CONTENT = re.compile(r"-([0-9a-f]{16})\.parquet$")
_REFUSED = (exceptions.AlreadyExistsError, exceptions.PreconditionError)
_CLIENTS_OWN = (exceptions.BaseError, FileNotFoundError, ValueError)
_FORBIDDEN = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)
# Seconds that a request is tried again for, with growing waits between.
_PATIENCE = 180
_FIRST_PATIENCE = 15  # until the store has answered once: its address may be wrong
_WAITS = (0.1, 10)  # seconds between two tries, at first and at most
# The client's message says that a request failed, and only what it adds for debugging says why.
_CAUSE = re.compile(r'message: "([^"]+)"|hyper::Error\(\s*(\w+)|inner: (TimedOut)')


class DamagedObjectError(OSError):
    """An object whose content is not what its name says."""


class ObjectStore:
    """See `storage.stores.Store`; beside that, writes under a condition.

    Requests that fail are tried again for up to `patience` seconds, and before the first answer for up to
    `_FIRST_PATIENCE`.
    """

    def __init__(self, uri: str, patience: int = _PATIENCE) -> None:
        self.uri = uri.rstrip("/")
        self.scratch_root = Path(tempfile.gettempdir()) / f"vincicoder-upload-{os.getuid()}"
        self._fetched = FetchedFiles(self.scratch_root)
        self._answered = False
        try:
            self._patient = _connect(self.uri, patience)
            self._first = _connect(self.uri, min(patience, _FIRST_PATIENCE))
        except _CLIENTS_OWN as error:  # nothing was asked yet
            scheme, (why, _) = _scheme(self.uri), _said(error)
            raise HomeError(
                f"home {self.uri} cannot be opened: {why}. Who asks is taken from "
                f"{_CREDENTIALS.get(scheme)}, and where the store is from {_PLACE.get(scheme)}"
            ) from error

    @property
    def _store(self) -> Any:
        return self._patient if self._answered else self._first

    def path(self, relative: str) -> str:
        return f"{self.uri}/{relative}" if relative else self.uri

    def exists(self, relative: str) -> bool:
        with self._speaking():
            try:
                obstore.head(self._store, relative)
                return True
            except FileNotFoundError:
                pass
            for page in obstore.list(self._store, relative, chunk_size=1):
                return bool(page)
            return False

    def list_names(self, relative: str) -> list[str]:
        with self._speaking():
            found = obstore.list_with_delimiter(self._store, relative or None)
        paths = [*found["common_prefixes"], *(one["path"] for one in found["objects"])]
        return sorted(path.rstrip("/").rpartition("/")[2] for path in paths)

    def list_holding(self, relative: str, name: str, known: Collection[str] = ()) -> list[str]:
        return sorted(
            folder
            for path in self.tags(relative)
            for folder, _, rest in [path.removeprefix(f"{relative}/").partition("/")]
            if rest == name and folder not in known
        )

    def tags(self, relative: str) -> dict[str, str]:
        """Return all objects below a folder, each with the tag of its content."""
        with self._speaking():
            pages = obstore.list(self._store, relative)
            return {one["path"]: str(one["e_tag"]) for page in pages for one in page}

    def read_bytes(self, relative: str) -> bytes:
        with self._speaking():
            return bytes(obstore.get(self._store, relative).bytes())

    def read_tagged(self, relative: str) -> tuple[bytes, str] | None:
        """Return an object and the tag of its content, or None where there is none."""
        with self._speaking():
            try:
                found = obstore.get(self._store, relative)
                return bytes(found.bytes()), str(found.meta["e_tag"])
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None

    def write_if(self, relative: str, data: bytes, tag: str | None) -> str | None:
        """Write an object if its content is still that of `tag`, or, for None, if there is none. Return the
        new tag, or None where another writer was first."""
        with self._speaking():
            try:
                mode: Any = "create" if tag is None else {"e_tag": tag}
                return str(obstore.put(self._store, relative, data, mode=mode)["e_tag"])
            except _REFUSED:
                return None

    def size(self, relative: str) -> int:
        """Return the bytes of an object. Raises FileNotFoundError."""
        with self._speaking():
            return int(obstore.head(self._store, relative)["size"])

    def read_range(self, relative: str, start: int, length: int) -> bytes:
        with self._speaking():
            return bytes(obstore.get_range(self._store, relative, start=start, length=length))

    def open_ranges(self, relative: str) -> io.RawIOBase:
        """Open an object to read parts of it, each by a request of its own."""
        return _Ranges(self, relative)

    @contextmanager
    def local_copy(self, relative: str) -> Iterator[Path]:
        """Copies are kept a while; what is not named by its content is asked for changes each time.

        Raises `DamagedObjectError` where the content is not what the name says.
        """

        def fetch(copy: Copy) -> None:
            named = _NAMED_BY_CONTENT.search(relative)
            if copy.tag is None or named is None:
                self._fetch(relative, copy, named[1] if named else "")

        with self._fetched.holding(relative, fetch) as file:
            yield file

    def download(self, relative: str, target: Path, known: str | None = None) -> tuple[str, str] | None:
        """Write an object to a local file; return its sha256 and its tag. None, and nothing is written, where
        `known` is its tag."""
        sha256 = hashlib.sha256()
        with self._speaking():
            try:
                found = obstore.get(self._store, relative, options={"if_none_match": known} if known else {})
            except exceptions.NotModifiedError:
                return None
            with target.open("wb") as stream:
                for piece in found.stream(min_chunk_size=1 << 20):
                    sha256.update(piece)
                    stream.write(piece)
        return sha256.hexdigest(), str(found.meta["e_tag"])

    def _fetch(self, relative: str, copy: Copy, digest: str) -> None:
        part = copy.file.with_suffix(".part")
        if not part.parent.is_dir():  # or this would read as an object that is gone
            raise InfrastructureError(f"the folder for fetched files, {part.parent}, was removed: try again")
        fetched = self.download(relative, part, copy.tag)
        if fetched is None:
            return
        if not fetched[0].startswith(digest):
            part.unlink()
            raise DamagedObjectError(f"{self.path(relative)} is damaged: its sha256 is not that of its name")
        part.replace(copy.file)
        copy.tag = fetched[1]

    def stamps(self, folder: str, names: Sequence[str]) -> list[str]:
        """The tags of their content, from one listing."""
        tags = self.tags(folder)
        try:
            return [tags[f"{folder}/{name}"] for name in names]
        except KeyError as error:
            raise FileNotFoundError(f"{self.path(str(error.args[0]))} is not there") from error

    def install(self, scratch: Path, relative: str) -> None:
        """A large file is sent in parts, which are seen only when all are there."""
        with self._speaking():
            obstore.put(self._store, relative, scratch)
        scratch.unlink()

    def remove(self, relative: str) -> None:
        with self._speaking():
            obstore.delete(self._store, relative)

    def move(self, relative: str, moved: str) -> None:
        paths = list(self.tags(relative)) or [relative]
        with self._speaking():
            for path in sorted(paths, key=lambda one: not one.endswith("done.json")):  # the marker first
                obstore.copy(self._store, path, moved + path.removeprefix(relative))
                obstore.delete(self._store, path)

    def point(self, relative: str, name: str) -> None:
        """Pointers are objects that hold the name."""
        with self._speaking():
            obstore.put(self._store, relative, name.encode())

    def resolve_pointer(self, relative: str) -> str | None:
        found = self.read_tagged(relative)
        return found[0].decode() if found is not None else None

    @contextmanager
    def lock(self, stopping: threading.Event) -> Iterator[None]:
        """A lease; see `storage.stores.lease`. Raises `HomeError` where the store cannot be used."""
        self.require_conditions()
        with hold_lease(ObjectStore(self.uri, _FIRST_PATIENCE), stopping):
            yield

    def require_conditions(self) -> None:
        """Raise `HomeError` unless this process may write here, and the store honours conditions."""
        name = f"tmp/probe-{os.urandom(8).hex()}"
        self.write_if(name, b"1", None)
        self.write_if(name, b"2", None)
        found, tag = self.read_tagged(name) or (b"", None)  # what is there counts: an answer may be lost
        if found == b"1":
            self.write_if(name, b"3", tag)
            self.write_if(name, b"4", tag)
            found, _ = self.read_tagged(name) or (b"", None)
        self.remove(name)
        fault = {
            b"1": "does not replace an object that is as it was read (If-Match)",
            b"2": "overwrites an object that is to be created (If-None-Match)",
            b"3": "",
            b"4": "replaces an object that is not as it was read (If-Match)",
        }.get(found, "does not give back what was written")
        if fault:
            raise HomeError(
                f"home {self.uri} cannot be used: its store {fault}, so two writers could damage each "
                "other's work. S3, MinIO, Ceph, Google's and Azure's stores honour such conditions"
            )

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn the client's errors into ours, and note that the store answers."""
        try:
            with _plain_errors(self.uri):
                yield
        except HomeUnreachableError:
            raise
        except (HomeError, FileNotFoundError, exceptions.PreconditionError):
            self._answered = True
            raise
        self._answered = True


@contextmanager
def _plain_errors(uri: str) -> Iterator[None]:
    try:
        yield
    except _CLIENTS_OWN as error:
        scheme, (why, debug) = _scheme(uri), _said(error)
        if "NoSuchBucket" in str(error):
            raise HomeError(f"home {uri} cannot be used: there is no such bucket; make it first") from error
        if isinstance(error, _FORBIDDEN) or "AccessDenied" in str(error):
            raise HomeUnwritableError(
                f"home {uri} cannot be used: access is denied ({why}). Check the credentials "
                f"({_CREDENTIALS.get(scheme)}) and the rights to list, get, put and delete"
            ) from error
        if isinstance(error, FileNotFoundError | exceptions.PreconditionError):
            raise
        if isinstance(error, exceptions.GenericError):
            if any(host in why for host in _OF_THE_MACHINE):
                raise HomeUnreachableError(
                    f"home {uri} cannot be reached: no credentials are in the environment "
                    f"({_CREDENTIALS.get(scheme)}), and this machine gives none ({why})"
                ) from error
            causes = ["".join(found) for found in _CAUSE.findall(debug)]
            why += f" ({causes[-1]})" if causes else ""
            raise HomeUnreachableError(
                f"home {uri} cannot be reached: {why}. Check {_PLACE.get(scheme)} and the network"
            ) from error
        raise HomeError(f"home {uri} cannot be opened: {why}") from error


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def _said(error: Exception) -> tuple[str, str]:
    """What the client says in one line, and what it adds for debugging."""
    said, _, debug = str(error).partition("Debug source")
    return " ".join(said.split())[:400], debug


class _Ranges(io.RawIOBase):
    """An object as a file: every read is a request."""

    def __init__(self, store: ObjectStore, relative: str) -> None:
        self._store, self._relative = store, relative
        self._size, self._at = store.size(relative), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        buffer[:length] = self._store.read_range(self._relative, self._at, length)
        self._at += length
        return length


@cache
def _memory(name: str) -> MemoryStore:
    return MemoryStore()


def _connect(uri: str, patience: int) -> Any:
    if uri.startswith("memory://"):
        return _memory(uri)
    return from_url(
        uri,
        client_options={
            "allow_http": os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"),
            "connect_timeout": timedelta(seconds=10),
            # Of one request with all that it brings. A store may take a request and never answer.
            "timeout": timedelta(minutes=10) if patience > _FIRST_PATIENCE else timedelta(seconds=patience),
        },
        retry_config={
            "max_retries": 10 * patience,  # never the bound: waits are random, and short at first
            "retry_timeout": timedelta(seconds=patience),
            "backoff": {
                "init_backoff": timedelta(seconds=_WAITS[0]),
                "max_backoff": timedelta(seconds=_WAITS[1]),
                "base": 3,
            },
        },
    )
