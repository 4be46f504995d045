"""The reports that builds and runs leave in a local home, outside the releases: they hold measured times."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from storage.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger("vincicoder")


def leave_report(home_uri: str, release: str, version: str, kind: str = "sft") -> Path | None:
    """Write `reports/<kind>/<version>/report.html` of the release in a folder, unless it is there.

    `kind` is sft or rl. Returns the report's path. A report only shows: where it cannot be written, a warning
    says why, and None is returned. A home on an object store gets none.
    """
    home = Home(home_uri)
    if not home.is_local:
        return None
    target = home.local_path(f"reports/{kind}/{version}/report.html")
    if target.exists():
        return target

    def write() -> Path:
        from tasks.look.report import write_report

        write_report(Path(release), target)
        return target

    return _try(write, version)


def leave_run_report(home: Home, run_id: str) -> Path | None:
    """Write `report.html` into the folder of a training or evaluation run, as the registry knows it by now.

    Returns its path, or None with a warning, as `leave_report`.
    """
    if not home.is_local:
        return None

    def write() -> Path:
        from storage.runs import RunRegistry
        from tasks.look.run_report import write_run_report

        target = Path(RunRegistry(home).run(run_id)["folder"]) / "report.html"
        write_run_report(home, run_id, target)
        return target

    return _try(write, run_id)


@contextmanager
def run_reported(home: Home, run_id: str) -> Iterator[None]:
    """Leave a run's report however the run ends: one that failed has curves to look at too."""
    try:
        yield
    finally:
        leave_run_report(home, run_id)


def _try(write: Callable[[], Path], name: str) -> Path | None:
    try:
        return write()
    except Exception as error:
        logger.warning("no report of %s: %s: %s", name, type(error).__name__, error)
        return None
