"""Where the JavaScript libraries lie that draw a language in the browser, and which version is there."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

LIBRARIES_VARIABLE = "VINCICODER_LIBRARIES"
_FILES = {
    "chart.js": "[cC]hart*.js",
    "mathjax": "tex-svg-full.js",
    "wavedrom": "wavedrom.unpkg.min.js",
    "plotly.js": "plotly-geo-assets.js",
}  # where the file has another name
FETCH_COMMAND = "vincicoder setup libraries"


def libraries_folder() -> Path:
    """Return the folder of the libraries: `$VINCICODER_LIBRARIES`, or one in the user's data folder."""
    chosen = os.environ.get(LIBRARIES_VARIABLE)
    if chosen:
        return Path(chosen)
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "vincicoder" / "libraries"


def find_library(name: str) -> Path | None:
    """Return the file of a library, `mermaid-12.3.0/mermaid.min.js` for one, the last by name.

    `name@major` asks for one major version. None without one, and where the folder may not be read (another
    user's).
    """
    plain, _, major = name.partition("@")
    version = f"{major}.*" if major else "[0-9]*"
    try:
        found = sorted(libraries_folder().glob(f"{plain}-{version}/{_FILES.get(plain, f'{plain}.min.js')}"))
    except PermissionError:
        return None
    return found[-1] if found else None


def missing_libraries(*names: str, fetched_by: str = FETCH_COMMAND) -> list[str]:
    """Say how to get those of the libraries that are not here."""
    return [
        f"no JavaScript library {name!r} under {libraries_folder()}: run {fetched_by} (it needs npm), or "
        f"set {LIBRARIES_VARIABLE} to the folder where it was fetched"
        for name in names
        if find_library(name) is None
    ]


@cache
def library_versions(*names: str) -> dict[str, str]:
    """Return what decides the pixels of each library: version and the hash of its file."""
    found = {}
    for name in names:
        path = find_library(name)
        if path is not None:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            plain = name.partition("@")[0]
            found[name if plain in found else plain] = (
                f"{path.parent.name.removeprefix(f'{plain}-')} {digest}"
            )
    return found
