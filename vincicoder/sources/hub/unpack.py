"""Data files that are packed, or that cannot be read by seeking, are unpacked once, in blocks, to a cache;
archives of pictures never are."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.corpora import corpora_folder
from vincicoder.sources.hub.convert import (
    TABLE_SUFFIXES,
    copy_as_utf8,
    is_web_dataset,
    marked_encoding,
    write_table,
    write_web_dataset,
)
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES, FileTree

PLAIN_SUFFIXES = frozenset({".parquet", ".json", ".jsonl", ".ndjson"})
"""Of files that are read as they lie."""
DATA_SUFFIXES = PLAIN_SUFFIXES | TABLE_SUFFIXES
_BLOCK_BYTES = 1 << 20
BROKEN_ARCHIVE = (KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What reading a member raises that is not there, is broken, encrypted or packed in an unknown way."""


def _open_zstd(stream: IO[bytes]) -> Any:
    return pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")


_COMPRESSED: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _open_zstd,
}


def is_data(name: str) -> bool:
    """Whether a path names a file of rows, compressed or not."""
    path = PurePosixPath(name.lower())
    suffix = PurePosixPath(path.stem).suffix if path.suffix in _COMPRESSED else path.suffix
    return suffix in DATA_SUFFIXES


def is_archive(name: str) -> bool:
    """Whether a path names an archive of several files."""
    return name.lower().endswith((".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"))


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file of rows that can be read by seeking: where it lies, and what its user calls it.

    `label` is the path of what the user has: of a file that was converted its own, of a member of an archive
    the archive's and the member's.
    """

    tree: FileTree
    name: str
    label: str


def plain_files(tree: FileTree, name: str, encoding: str | None = None, given: str = "") -> list[PlainFile]:
    """Return where the rows of a data file or archive can be read without decompressing.

    A plain file is returned as it is. A compressed file, the data files of an archive, Arrow and CSV are
    unpacked to `$VINCICODER_CORPORA/unpacked` (default: the user's data folder), if they are not there yet;
    so is a text file in another encoding: `encoding` names it, or '' asks for the file's own mark to be
    looked at. `given` is the suffix of what a file holds whose own tells nothing. Raises
    `SourceUnavailableError` where it cannot be read.
    """
    given = "" if is_data(name) or is_archive(name) else given
    is_plain = PurePosixPath(f"{name.lower()}{given}").suffix in PLAIN_SUFFIXES
    if is_plain and not _is_foreign(tree, name, encoding):
        return [PlainFile(tree, name, name)]
    folder = _cache_folder(tree, name, f"rows 2\0{encoding or ''}")
    if not (folder / ".whole").exists():
        with _building(folder) as part:
            try:
                _unpack(tree, name, part, encoding or "", given)
            except (*BROKEN_ARCHIVE, UnicodeError, tarfile.TarError, lzma.LZMAError, LookupError) as error:
                raise SourceUnavailableError(f"{name} cannot be read: {error}") from error
    unpacked = FileTree(str(folder))
    found = [file for file in unpacked.files if PurePosixPath(file.lower()).suffix in PLAIN_SUFFIXES]
    return [PlainFile(unpacked, file, _label(name, file)) for file in found]


def _label(name: str, file: str) -> str:
    """Return what a user calls a file that was unpacked from `name`."""
    path = PurePosixPath(file)
    converted = PurePosixPath(path.stem.lower()).suffix in TABLE_SUFFIXES
    return f"{name}/{path.with_suffix('') if converted else path}" if is_archive(name) else name


def _is_foreign(tree: FileTree, name: str, encoding: str | None) -> bool:
    """Whether a plain file is text in another encoding than UTF-8."""
    if encoding is None or name.lower().endswith(".parquet"):
        return False
    with tree.open(name) as stream:
        return bool(encoding) or marked_encoding(stream.read(4)) is not None


def _unpack(tree: FileTree, name: str, part: Path, encoding: str, given: str) -> None:
    if is_archive(name) and _is_web_dataset(tree, name):
        with tree.open(name) as packed, tarfile.open(fileobj=packed, mode="r|*") as archive:
            write_web_dataset(archive, name, part / f"{PurePosixPath(name).name}.jsonl")
        return
    for path, stream in _members(tree, name):
        _write(stream, part / f"{path}{given}", encoding)


def _is_web_dataset(tree: FileTree, name: str) -> bool:
    if name.lower().endswith(".zip"):
        return False
    with tree.open(name) as packed, tarfile.open(fileobj=packed, mode="r|*") as archive:
        return is_web_dataset(member.name for member in archive if member.isreg())


def _write(stream: IO[bytes], target: Path, encoding: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    suffix = target.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        write_table(stream, suffix, target.with_name(f"{target.name}.parquet"), encoding)
        return
    if suffix != ".parquet":
        copy_as_utf8(stream, target, encoding)
        return
    with target.open("wb") as output:
        shutil.copyfileobj(stream, output, _BLOCK_BYTES)


def unpacked_folder(tree: FileTree, name: str) -> Path:
    """Return a folder with all files of a zip or tar archive, unpacked once to the cache.

    Left out are links, hidden files, and paths that lead out. Raises `SourceUnavailableError` where the
    archive is broken or encrypted.
    """
    folder = _cache_folder(tree, name, "files")
    if not (folder / ".whole").exists():
        with _building(folder) as part:
            try:
                for path, stream in _all_members(tree, name):
                    target = part / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("wb") as output:
                        shutil.copyfileobj(stream, output, _BLOCK_BYTES)
            except (*BROKEN_ARCHIVE, tarfile.TarError, lzma.LZMAError) as error:
                raise SourceUnavailableError(f"{name} cannot be read: {error}") from error
    return folder


def _all_members(tree: FileTree, name: str) -> Iterator[tuple[str, IO[bytes]]]:
    with tree.open(name) as packed:
        if name.lower().endswith(".zip"):
            with zipfile.ZipFile(packed) as archive:
                for entry in archive.infolist():
                    if not entry.is_dir() and _is_safe(entry.filename):
                        with archive.open(entry) as stream:
                            yield entry.filename, stream
        else:
            with tarfile.open(fileobj=packed, mode="r|*") as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isreg() else None
                    if content is not None and _is_safe(member.name):
                        yield member.name, content


def plain_tar(tree: FileTree, name: str) -> tuple[FileTree, str]:
    """Return an uncompressed tar archive of pictures, so that its members can be read by seeking."""
    if name.lower().endswith(".tar"):
        return tree, name
    folder = _cache_folder(tree, name, "pictures")
    if not (folder / ".whole").exists():
        opener = _COMPRESSED.get(PurePosixPath(name.lower()).suffix, gzip.open)
        with (
            _building(folder) as part,
            tree.open(name) as packed,
            opener(packed) as stream,
            (part / "pictures.tar").open("wb") as output,
        ):
            shutil.copyfileobj(stream, output, _BLOCK_BYTES)
    return FileTree(str(folder)), "pictures.tar"


def _cache_folder(tree: FileTree, name: str, kind: str) -> Path:
    described = f"{kind}\0{tree.path(name)}\0{tree.files.get(name)}"
    if tree.is_local:
        described += f"\0{os.stat(tree.path(name)).st_mtime_ns}"  # noqa: PTH116
    return corpora_folder() / "unpacked" / hashlib.sha256(described.encode()).hexdigest()[:24]


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """Yield a folder to write to, that takes its place only when it is whole."""
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        (part / ".whole").touch()
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _members(tree: FileTree, name: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the data files inside an archive or a compressed file, with safe relative paths."""
    lowered = name.lower()
    with tree.open(name) as packed:
        if lowered.endswith(".zip"):
            with zipfile.ZipFile(packed) as archive:
                for entry in archive.infolist():
                    if is_data(entry.filename) and _is_safe(entry.filename):
                        with archive.open(entry) as stream:
                            yield from _decompressed(entry.filename, stream)
        elif is_archive(name):
            with tarfile.open(fileobj=packed, mode="r|*") as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isreg() else None
                    if content is not None and is_data(member.name) and _is_safe(member.name):
                        yield from _decompressed(member.name, content)
        else:
            yield from _decompressed(PurePosixPath(name).name, packed)


def _decompressed(name: str, stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    path = PurePosixPath(name)
    opener = _COMPRESSED.get(path.suffix.lower())
    if opener is None:
        yield name, stream
    else:
        with opener(stream) as plain:
            yield str(path.with_suffix("")), plain


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and not path.name.startswith(".")


def holds_pictures(name: str) -> bool:
    """Whether a path within an archive is a picture's."""
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES
