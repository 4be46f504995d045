"""The files that a program may be given to read: under which names, how many, and packed into one text."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

from vincicoder.render.registry import LANGUAGES
from vincicoder.sample import DataFile, DataName

MOST_FILES = 16
"""Data files that one program may read."""

MOST_BYTES = 16 << 20
"""Bytes of all data files of one program."""

MOST_PACKED = 256_000
"""Characters of the packed data of one RL row: every answer to it travels with them."""

SUFFIXES = frozenset(
    {
        *(".csv", ".tsv", ".txt", ".dat", ".data", ".json", ".jsonl", ".ndjson", ".geojson", ".topojson"),
        *(".xml", ".yaml", ".yml", ".npy", ".npz", ".xlsx", ".xls", ".parquet", ".feather", ".arrow"),
    }
)
"""What data files end in. Code and settings are none, they would change how a program runs; nor pictures."""

_MOST_CHARACTERS = 200
# Names that renderers use themselves in the folder where a program runs.
_TAKEN = frozenset({"terminal.txt"})


def data_names(code: str, language: str) -> list[DataName]:
    """Return the paths of data files that a program names, each once, in the order in which they come."""
    spec = LANGUAGES.get(language)
    if spec is None or spec.data_names is None:
        return []
    found: dict[str, bool] = {}
    for name in spec.data_names(code):
        path = name.path.strip()
        while path.startswith("./"):
            path = path[2:]
        if PurePosixPath(path.lower()).suffix in SUFFIXES and "://" not in path:
            found[path] = found.get(path, False) or name.is_read
    return [DataName(path, is_read) for path, is_read in found.items()]


def problem_with(name: str) -> str:
    """Return why no file may be brought under this name, or '' where one may.

    A path is relative, goes down only, and is written in one way: `data/cars.json`.
    """
    parts = name.split("/")
    if name.startswith(("/", "~")) or set(name) & set("\\:<>"):
        return "it is no path relative to the program"
    if ".." in parts:
        return "it leads out of the folder of data"
    if any(not part or part.startswith(".") for part in parts):
        return "a part of it is empty or begins with a dot"
    if len(name) > _MOST_CHARACTERS or not name.isprintable():
        return f"it is over {_MOST_CHARACTERS} characters long or holds what is not printable"
    if PurePosixPath(name.lower()).suffix not in SUFFIXES:
        return f"it does not end in one of {', '.join(sorted(SUFFIXES))}"
    return "the renderer has a file of that name" if name in _TAKEN else ""


def pack_data(files: Iterable[DataFile]) -> str:
    """Return data files as one text, a JSON object by name: texts as they are, others in base64; '' for none.

    This is how rows that are drawn far from their release (RL sets, benchmarks' items) carry them.
    """
    packed: dict[str, str | dict[str, str]] = {}
    for file in files:
        try:
            packed[file.name] = file.content.decode("utf-8")
        except UnicodeDecodeError:
            packed[file.name] = {"base64": base64.b64encode(file.content).decode()}
    return json.dumps(packed, ensure_ascii=False, sort_keys=True) if packed else ""


@lru_cache(maxsize=64)
def unpack_data(packed: str) -> tuple[DataFile, ...]:
    """Return the files of such a text. Raises ValueError where it is none, or holds what no program gets."""
    if not packed:
        return ()
    held = json.loads(packed)
    if not isinstance(held, dict) or len(held) > MOST_FILES:
        raise ValueError(
            f"data is a JSON object of at most {MOST_FILES} files by name; received {packed[:80]!r}"
        )
    files = []
    for name, content in held.items():
        if problem := problem_with(name):
            raise ValueError(f"no program is given the data file {name[:200]!r}: {problem}")
        if isinstance(content, dict):
            files.append(DataFile(name, base64.b64decode(str(content.get("base64")), validate=True)))
        elif isinstance(content, str):
            files.append(DataFile(name, content.encode("utf-8", "surrogatepass")))
        else:
            raise ValueError(
                f"the data file {name!r} is a text, or an object with base64; received {content!r:.80}"
            )
    return tuple(files)
