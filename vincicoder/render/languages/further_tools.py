"""Where the tools of further languages lie that `make languages` fetches from PyPI."""

from __future__ import annotations

import os
from functools import cache
from importlib import metadata
from pathlib import Path

LANGUAGES_VARIABLE = "VINCICODER_LANGUAGES"
SETUP_COMMAND = "vincicoder setup languages"


def further_tools_folder() -> Path:
    """Return the folder of the tools: `$VINCICODER_LANGUAGES`, or one in the user's data folder."""
    chosen = os.environ.get(LANGUAGES_VARIABLE)
    if chosen:
        return Path(chosen)
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "vincicoder" / "languages"


def missing_further_tool(name: str, package: str) -> list[str]:
    """Say how to get a tool that is not here, or may not be read; an empty list where it is."""
    try:
        if (further_tools_folder() / ".installed").exists() and further_version(package):
            return []
    except PermissionError:
        pass
    return [f"{name} is not in {further_tools_folder()}: run {SETUP_COMMAND}"]


def further_version(package: str) -> str:
    """Return the version of a package in the folder, '' where it is not there."""
    return _versions(further_tools_folder().absolute()).get(package, "")


@cache
def _versions(folder: Path) -> dict[str, str]:
    found = metadata.distributions(path=[str(folder)])
    return {distribution.metadata["Name"].lower(): distribution.version for distribution in found}
