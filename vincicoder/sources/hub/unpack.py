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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from vincicoder.sources.corpora import corpora_folder
from vincicoder.sources.hub.convert import TABLE_SUFFIXES, is_web_dataset, write_table, write_web_dataset
from vincicoder.sources.hub.tree import PICTURE_SUFFIXES, FileTree

PLAIN_SUFFIXES = frozenset({".parquet", ".json", ".jsonl", ".ndjson"})
"""Of files that are read as they lie."""
DATA_SUFFIXES = PLAIN_SUFFIXES | TABLE_SUFFIXES
_BLOCK_BYTES = 1 << 20


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


def plain_files(tree: FileTree, name: str) -> tuple[FileTree, list[str]]:
    """Return where the rows of a data file or archive can be read without decompressing.

    A plain file is returned as it is. A compressed file, the data files of an archive, Arrow and CSV are
    unpacked to `$VINCICODER_CORPORA/unpacked` (default: the user's data folder), if they are not there yet.
    """
    if PurePosixPath(name.lower()).suffix in PLAIN_SUFFIXES:
        return tree, [name]
    folder = _cache_folder(tree, name, "data")
    if not (folder / ".whole").exists():
        with _building(folder) as part:
            if is_archive(name) and _is_web_dataset(tree, name):
                with tree.open(name) as packed, tarfile.open(fileobj=packed, mode="r|*") as archive:
                    write_web_dataset(archive, name, part / f"{PurePosixPath(name).name}.jsonl")
            else:
                for path, stream in _members(tree, name):
                    _write(stream, part / path)
    unpacked = FileTree(str(folder))
    return unpacked, [file for file in unpacked.files if PurePosixPath(file.lower()).suffix in PLAIN_SUFFIXES]


def _is_web_dataset(tree: FileTree, name: str) -> bool:
    if name.lower().endswith(".zip"):
        return False
    with tree.open(name) as packed, tarfile.open(fileobj=packed, mode="r|*") as archive:
        return is_web_dataset(member.name for member in archive if member.isreg())


def _write(stream: IO[bytes], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    suffix = target.suffix.lower()
    if suffix in TABLE_SUFFIXES:
        write_table(stream, suffix, target.with_name(f"{target.name}.parquet"))
        return
    with target.open("wb") as output:
        shutil.copyfileobj(stream, output, _BLOCK_BYTES)


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
