"""Names the set of fonts of a machine: other fonts give other pixels."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

FONT_CONFIGURATION = Path(__file__).with_name("fonts.conf")
"""What FONTCONFIG_FILE is for every program that draws, but for LilyPond, which needs the fonts left out."""

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_SUFFIXES = (".ttf", ".otf", ".ttc", ".afm", ".pfb")


def font_files() -> dict[str, int]:
    """Return the bytes of each of the system's font files, by path."""
    return {
        str(path): path.stat().st_size
        for folder in _FOLDERS
        for parent, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(_SUFFIXES)
        for path in [Path(parent, name)]
    }


@cache
def fonts_fingerprint() -> str:
    """Return 12 hex digits over the names and sizes of the system's font files."""
    entries = [f"{path}:{size}" for path, size in font_files().items()]
    return hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()[:12]
