"""R: one fork a program of a process in which R and ggplot2 are loaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.languages.further_tools import SETUP_COMMAND
from vincicoder.render.languages.r.embedded import LIBRARY, PACKAGES
from vincicoder.render.protocol import LanguageRenderer

if TYPE_CHECKING:
    from vincicoder.render.languages.r.worker import RRenderer
    from vincicoder.sample import DataFile

DOTS_PER_INCH = 100
"""Of a picture whose size the program gives in inches alone, or not at all: then it is 7 by 7 inches."""

_NEEDED = ("ggplot2",)
_VERSION = re.compile(r"^Version: *(\S+)", re.MULTILINE)


def create() -> RRenderer:
    """Make the worker-side renderer."""
    from vincicoder.render.languages.r.worker import RRenderer

    return RRenderer(DOTS_PER_INCH)


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Versions of R and of all its packages, the fonts, and how pictures are taken."""
    versions = _versions()
    listed = "\n".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return {
        "r": versions.get("base", "none"),
        "ggplot2": versions.get("ggplot2", "none"),
        "packages": hashlib.sha256(listed.encode()).hexdigest()[:12],
        "fonts": fonts_fingerprint(),
        "dpi": str(DOTS_PER_INCH),
        "capture": "2",
    }


def _versions() -> dict[str, str]:
    """Return the versions of R's packages by name; of two of the same name R loads the first."""
    found: dict[str, str] = {}
    for folder in PACKAGES:
        for description in folder.glob("*/DESCRIPTION"):
            version = _VERSION.search(description.read_text("utf-8", "replace"))
            found.setdefault(description.parent.name, version[1] if version else "unknown")
    return found


def missing_tools() -> list[str]:
    """Say what to install."""
    if not LIBRARY.exists():
        return [f"R is not found ({LIBRARY}): {SETUP_COMMAND}"]
    missing = [name for name in _NEEDED if not any(Path(folder, name).exists() for folder in PACKAGES)]
    return [f"R's package {name} is not found: {SETUP_COMMAND}" for name in missing]


def bring(renderer: RRenderer, files: Sequence[DataFile]) -> None:
    """Lay data files where the next program reads them."""
    renderer.bring(files)


RENDERER = LanguageRenderer(fingerprint=fingerprint, missing_tools=missing_tools, create=create, bring=bring)
