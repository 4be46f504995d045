"""Where this user's cache lies: what may be deleted at any time, and is made anew then."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "VINCICODER_CACHE"


def cache_folder() -> Path:
    """Return `vincicoder` below $VINCICODER_CACHE, $XDG_CACHE_HOME or ~/.cache, the first that is set."""
    base = os.environ.get(VARIABLE) or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "vincicoder"
