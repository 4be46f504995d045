"""Stacks: pinned sets of Python libraries of other years, each in an environment of its own.

A stack is a file of hashed requirements (`requirements/stacks/NAME.txt`) and a name here. `make stacks`
installs it. Today's stack is the project's own environment.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path

from vincicoder.project_files import project_file

TODAY = "2026"
"""The libraries of the project's own environment."""

OTHERS = ("2021", "2022", "2024")
"""The stacks with environments of their own, the oldest first."""

STACKS = (*OTHERS, TODAY)

STACKS_VARIABLE = "VINCICODER_STACKS"
_PINS = "requirements/stacks"
_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+)", re.MULTILINE)


def stacks_folder() -> Path:
    """Return the folder that `make stacks` installs into: `VINCICODER_STACKS`, or one in the user's data."""
    given = os.environ.get(STACKS_VARIABLE)
    if given:
        return Path(given)
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "vincicoder" / "stacks"


def interpreter(stack: str) -> Path:
    """Return the Python of a stack's environment, whether or not it is there. Not for today's stack."""
    return stacks_folder().absolute() / stack / "bin" / "python"


def is_installed(stack: str) -> bool:
    """Return whether a stack can be used: today's always, others once `make stacks` has finished them."""
    return stack == TODAY or (
        interpreter(stack).exists() and (stacks_folder() / stack / ".installed").exists()
    )


def is_outdated(stack: str) -> bool:
    """Return whether a stack was installed from other pins than those that the project has now.

    It is still used, under the fingerprint of what it holds.
    """
    stamp = stacks_folder() / stack / ".installed"
    try:
        return stamp.exists() and stamp.read_bytes() != project_file(f"{_PINS}/{stack}.txt").read_bytes()
    except FileNotFoundError:  # one that this version of the project does not know
        return False


def versions(stack: str) -> dict[str, str]:
    """Return the version of every distribution of another stack's environment, and of its Python.

    Reads metadata only, and imports nothing. Empty where the stack is not installed.
    """
    return dict(_versions(stacks_folder().absolute() / stack)) if is_installed(stack) else {}


@cache
def _versions(environment: Path) -> tuple[tuple[str, str], ...]:
    found = {
        distribution.metadata["Name"].lower(): distribution.version
        for packages in sorted(environment.glob("lib/python*/site-packages"))
        for distribution in metadata.distributions(path=[str(packages)])
    }
    python = _VERSION.search((environment / "pyvenv.cfg").read_text("utf-8"))
    return (("python", python[1] if python else "unknown"), *sorted(found.items()))


def order_from(first: str, stacks: Sequence[str] = STACKS) -> tuple[str, ...]:
    """Return stacks, given the oldest first, in the order in which a program is tried: the first, then by
    nearness in time, the newer before the older of two that are equally near."""
    start = stacks.index(first)
    return tuple(sorted(stacks, key=lambda name: (abs(stacks.index(name) - start), -stacks.index(name))))
