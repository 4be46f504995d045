"""What the driver and a node must have in common before either works for the other."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from vincicoder import __version__

_PACKAGES = ("vincicoder", "storage", "tasks", "flows")


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """The versions of Python and of the project; `code` is a hash of the project's Python files."""

    python: str
    version: str
    code: str


@cache
def project_facts() -> ProjectFacts:
    """Return those of this process."""
    digest = hashlib.sha256()
    for name in _PACKAGES:
        root = Path(str(import_module(name).__file__)).parent
        for path in sorted(root.rglob("*.py")):
            digest.update(f"{name}/{path.relative_to(root)}\0".encode())
            digest.update(path.read_bytes())
    return ProjectFacts(platform.python_version(), __version__, digest.hexdigest()[:12])


def project_differences(here: ProjectFacts, there: ProjectFacts) -> list[str]:
    """Return in what a node differs, in words; empty where nothing does."""
    pairs = (
        ("Python", here.python, there.python),
        ("the project's version", here.version, there.version),
        ("the project's code", here.code, there.code),
    )
    return [f"{what} is {theirs} there and {ours} here" for what, ours, theirs in pairs if ours != theirs]
