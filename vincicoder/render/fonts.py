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


@cache
def fonts_fingerprint() -> str:
    """Return 12 hex digits over the names and sizes of the system's font files."""
    entries = []
    for folder in _FOLDERS:
        for parent, _, names in os.walk(folder):
            for name in names:
                if name.lower().endswith(_SUFFIXES):
                    path = Path(parent, name)
                    entries.append(f"{path}:{path.stat().st_size}")
    return hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()[:12]
