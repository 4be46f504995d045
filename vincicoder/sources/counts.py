"""Row counts of the embedded sources, kept in a file: counting some takes thousands of files."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from vincicoder.sources.corpora import corpora_folder
from vincicoder.sources.registry import is_embedded

if TYPE_CHECKING:
    from vincicoder.sources.base import Source


def row_count(source: Source) -> int:
    """Return `source.count()`; of an embedded source from the last time, where revision and code are still
    the same.

    Raises what `count` does.
    """
    if not is_embedded(source):
        return source.count()
    name, key = source.info.name, f"{source.revision()} {_code_version()}"
    known = _read()
    if name in known and known[name][0] == key:
        return int(known[name][1])
    count = source.count()
    _write({**_read(), name: [key, count]})
    return count


def forget_count(source: Source) -> None:
    """Let a source be counted anew the next time."""
    _write({name: count for name, count in _read().items() if name != source.info.name})


@cache
def _code_version() -> str:
    """Return what changes whenever the code does that cuts the rows."""
    folder = Path(__file__).parent
    stated = [
        f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for path in (*folder.glob("*.py"), *folder.glob("packages/*.py"))
    ]
    return hashlib.sha256("\n".join(sorted(stated)).encode()).hexdigest()[:16]


def _file() -> Path:
    return corpora_folder() / "counts.json"


def _read() -> dict[str, list[str | int]]:
    try:
        content = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(counts: dict[str, list[str | int]]) -> None:
    with suppress(OSError):  # a folder that may only be read: counted again the next time
        part = _file().with_name(f"counts.json.{os.getpid()}.part")
        part.write_text(json.dumps(counts), "utf-8")
        part.replace(_file())
