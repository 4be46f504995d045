"""What runs below this process: by command line, by program, and as zombies."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from vincicoder.render.processes import descendants


def command_lines(parent: int) -> dict[int, str]:
    """Return every living process below this one, with its command line; ended ones left out."""
    found = {}
    for pid in descendants(parent):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if line:  # a zombie has none
            found[pid] = line
    return found


def program_names(parent: int) -> list[str]:
    """Return the program of every process below this one, zombies included."""
    found = []
    for pid in descendants(parent):
        try:
            found.append(Path(f"/proc/{pid}/comm").read_text().strip())
        except OSError:
            continue
    return found


def zombies(parent: int) -> list[int]:
    """Return the processes below this one that have ended and that nobody has waited for."""
    found = []
    for pid in descendants(parent):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                found.append(pid)
    return found


def lasting_zombies(parent: int, seconds: float = 10.0) -> list[int]:
    """Return the same, once what is ending has been waited for."""
    deadline = time.monotonic() + seconds
    while (ended := zombies(parent)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return ended
