"""What was found out about large files of this machine, so that nobody reads them again for it.

A file counts as the same where its size, the times of its last change (mtime and ctime) and its inode are.
Whoever writes to it through the file system changes these; a bit that turns on the disk does not. What is
remembered lies in the user's cache folder, may be deleted at any time, and is found out anew then.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from vincicoder.cache_folder import cache_folder

# Smaller files are read again: that takes less than a tenth of a second.
LARGE_BYTES = 64 << 20
# The clock of a file system ticks in hundredths of seconds: what was written just now may be written again
# within the same tick.
_SETTLED_SECONDS = 2.0
_MOST_FACTS = 64


def remembered(files: Sequence[Path], what: str, find: Callable[[], bytes]) -> bytes:
    """Return what `find` finds out about some files, from the last time where they are still the same.

    `what` names the fact and all that it depends on beside the files, with a version of the code that finds
    it. Raises what `find` does, and OSError where a file is not there.
    """
    before = time.time()
    found = [path.stat() for path in files]
    if sum(one.st_size for one in found) < LARGE_BYTES:
        return find()
    stamps = [
        f"{path.absolute()}\0{one.st_size} {one.st_mtime_ns} {one.st_ctime_ns} {one.st_ino}"
        for path, one in zip(files, found, strict=True)
    ]
    named = "\0".join([what, *stamps]).encode("utf-8", "surrogateescape")
    place = _folder() / hashlib.sha256(named).hexdigest()
    known = _read(place)
    if known is not None:
        return known
    fact = find()
    if all(max(one.st_mtime, one.st_ctime) < before - _SETTLED_SECONDS for one in found):
        _write(place, fact)
    return fact


def _folder() -> Path:
    return cache_folder() / "known"


def _read(place: Path) -> bytes | None:
    """Return a fact; None where there is none, or its file is not whole."""
    with suppress(OSError):
        content = place.read_bytes()
        digest, fact = content[:32], content[32:]
        if hashlib.sha256(fact).digest() == digest:
            os.utime(place)  # those used longest ago go first
            return fact
    return None


def _write(place: Path, fact: bytes) -> None:
    with suppress(OSError):  # a folder that may only be read: found out again the next time
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f"{place.name}.{os.getpid()}.part")
        part.write_bytes(hashlib.sha256(fact).digest() + fact)
        part.replace(place)
        facts = sorted(place.parent.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in facts[:-_MOST_FACTS]:
            old.unlink(missing_ok=True)
