"""The report that every build leaves in its home, outside the releases: it holds measured times."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from storage.home import Home

if TYPE_CHECKING:
    from flows.pipeline import BuildResult

logger = logging.getLogger("vincicoder")


def leave_report(home_uri: str, result: BuildResult) -> Path | None:
    """Write `reports/sft/<version>/report.html` in a local home, unless it is there; return its path.

    A report only shows a build: where it cannot be written, a warning says why, and None is returned. A home
    on an object store gets none.
    """
    home = Home(home_uri)
    if not home.is_local:
        return None
    target = home.local_path(f"reports/sft/{result.version}/report.html")
    if target.exists():
        return target
    try:
        from tasks.look.report import write_report

        write_report(Path(result.release), target)
    except Exception as error:
        logger.warning("no report of %s: %s: %s", result.version, type(error).__name__, error)
        return None
    return target
