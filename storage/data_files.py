"""The data files that programs read, each once in a home, by its hash: data-files/<ab>/<sha256>.

Rows list theirs (`schemas.DATA_FILES_TYPE`): name, hash and size.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from vincicoder.sample import DataFile, InfrastructureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage.home import Home

FOLDER = "data-files"


def data_file_path(sha256: str) -> str:
    """Return where a data file lies, in a home or a release."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def keep_data_files(home: Home, files: Iterable[DataFile]) -> list[dict[str, Any]]:
    """Write the files that the home has not; return how rows list them."""
    listed = []
    for file in files:
        path = data_file_path(file.sha256)
        if not home.exists(path):
            home.write_bytes(path, file.content)
        listed.append({"name": file.name, "sha256": file.sha256, "bytes": len(file.content)})
    return listed


def read_data_files(home: Home, listed: Iterable[Mapping[str, Any]]) -> tuple[DataFile, ...]:
    """Read the files that a row lists, from a home, or from the folder of a release opened as one.

    Raises `InfrastructureError` where one is missing or is not what was written.
    """
    return tuple(
        DataFile(file["name"], _content(home, data_file_path(file["sha256"]), file["sha256"]))
        for file in listed
    )


def _content(home: Home, path: str, sha256: str) -> bytes:
    try:
        content = home.read_bytes(path)
    except FileNotFoundError as error:
        raise InfrastructureError(f"{home.path(path)} is missing: build again with its source") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise InfrastructureError(f"{home.path(path)} is damaged: delete it and build again with its source")
    return content


def missing_data_files(home: Home, listed: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the hashes of the listed files that the home has not."""
    return {
        sha256 for sha256 in {file["sha256"] for file in listed} if not home.exists(data_file_path(sha256))
    }
