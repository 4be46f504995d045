"""RL releases: one Parquet layout that verl, EasyR1 and ms-swift read, with its references and its card.

releases/rl/<version>/
    data/<split>-0000i-of-0000n.parquet
    references/<ab>/<sha256>.png    the reference pictures by their hash: verl strips images from the rows
                                    that reach the reward. A copy of what the rows hold
    README.md, croissant.json, manifest.json (written last)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from storage.croissant import croissant
from storage.release import release_folder, write_data, write_file
from storage.schemas import IMAGE_TYPE, MESSAGE_TYPE, with_features

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from storage.home import Home
    from storage.manifest import ReleaseFile

_EXTRA_TYPE = pa.struct(
    [
        ("index", pa.int64()),
        ("split", pa.string()),
        ("sample_id", pa.string()),
        ("language", pa.string()),
        ("domain", pa.string()),
        ("task", pa.string()),
        ("stack", pa.string()),
        ("data", pa.string()),
        ("reference_sha256", pa.string()),
    ]
)
_FIELDS = [
    pa.field("sample_id", pa.string()),
    pa.field("data_source", pa.string()),
    pa.field("prompt", MESSAGE_TYPE),
    pa.field("images", pa.list_(IMAGE_TYPE)),
    pa.field("ability", pa.string()),
    pa.field("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
    pa.field("extra_info", _EXTRA_TYPE),
    pa.field("problem", pa.string()),
    pa.field("answer", pa.string()),
    pa.field("messages", MESSAGE_TYPE),
    pa.field("language", pa.string()),
    pa.field("stack", pa.string()),
    pa.field("data", pa.string()),
    pa.field("domain", pa.string()),
    pa.field("reference_sha256", pa.string()),
    pa.field("difficulty", pa.float32()),
    pa.field("stratum", pa.int32()),
    pa.field("image_width", pa.int32()),
    pa.field("image_height", pa.int32()),
    pa.field("source", pa.string()),
    pa.field("license", pa.string()),
]
RL_SCHEMA = with_features(pa.schema(_FIELDS))

_ABOUT = "Prompts and pictures for reinforcement learning: the answer is code that draws the picture."
_ROWS_AT_A_TIME = 64


def reference_path(digest: str) -> str:
    """Return where a reference picture lies in its release."""
    return f"references/{digest[:2]}/{digest}.png"


def write_rl_files(
    home: Home,
    version: str,
    rows_by_split: Mapping[str, int],
    read_rows: Callable[[str], Iterator[Sequence[Mapping[str, Any]]]],
    card: str,
    licenses: Iterable[str],
) -> list[ReleaseFile]:
    """Write data, references, card and `croissant.json`; return the files that the manifest is to list.

    `read_rows(split)` yields batches of rows; one batch and one row group are in memory at a time.
    """
    folder = release_folder("rl", version)
    files = []
    there, whole = _References(home, folder), set[str]()

    def tables(split: str) -> Iterator[pa.Table]:
        for batch in read_rows(split):
            for row in batch:
                digest = row["reference_sha256"]
                if digest not in whole and not (there.has(digest) and there.is_whole(digest)):
                    home.write_bytes(f"{folder}/{reference_path(digest)}", row["images"][0]["bytes"])
                whole.add(digest)
            yield pa.Table.from_pylist([dict(row) for row in batch], RL_SCHEMA)

    for split, rows in rows_by_split.items():
        files += write_data(home, folder, split, tables(split), rows, RL_SCHEMA)
    files.append(write_file(home, folder, "README.md", card.encode()))
    described = croissant(f"VinciCoder RL {version}", _ABOUT, licenses, files, RL_SCHEMA, {})
    files.append(write_file(home, folder, "croissant.json", described))
    return files


def reference_problems(home: Home, version: str) -> dict[str, str]:
    """Return, by hash, which references that the rows name are missing or not what was published."""
    folder = release_folder("rl", version)
    there = _References(home, folder)
    wrong = {}
    for data in home.list_names(f"{folder}/data"):
        named = home.read_table(f"{folder}/data/{data}", ["reference_sha256"])["reference_sha256"]
        for digest in named.unique().to_pylist():
            if not there.has(digest):
                wrong[digest] = f"{reference_path(digest)} is missing"
            elif not there.is_whole(digest):
                wrong[digest] = f"{reference_path(digest)} is not what was published"
    return wrong


def restore_references(home: Home, version: str) -> list[str]:
    """Write the references that are missing or damaged from the rows, and return what was wrong.

    What is damaged is moved aside. A release that was fetched from a hub has none: a push leaves them out.
    """
    folder = release_folder("rl", version)
    wrong = reference_problems(home, version)
    left = set(wrong)
    for data in home.list_names(f"{folder}/data") if left else ():
        with home.open_parquet(f"{folder}/data/{data}") as file:
            batches = file.iter_batches(
                _ROWS_AT_A_TIME, columns=["reference_sha256", "images"], use_threads=False
            )
            for row in (row for batch in batches for row in batch.to_pylist()):
                digest = row["reference_sha256"]
                if digest in left:
                    path = f"{folder}/{reference_path(digest)}"
                    if home.exists(path):
                        home.set_aside(path)
                    home.write_bytes(path, row["images"][0]["bytes"])
                    left.remove(digest)
    return list(wrong.values())


class _References:
    """The references of a release: each of their 256 folders is listed once; none is asked for by itself."""

    def __init__(self, home: Home, folder: str) -> None:
        self._home, self._folder = home, folder
        self._names: dict[str, set[str]] = {}

    def has(self, digest: str) -> bool:
        """Whether it was there when its folder was first looked at."""
        folder, _, name = reference_path(digest).rpartition("/")
        if folder not in self._names:
            self._names[folder] = set(self._home.list_names(f"{self._folder}/{folder}"))
        return name in self._names[folder]

    def is_whole(self, digest: str) -> bool:
        """Whether its bytes are those of its name; it must be there."""
        data = self._home.read_bytes(f"{self._folder}/{reference_path(digest)}")
        return hashlib.sha256(data).hexdigest() == digest
