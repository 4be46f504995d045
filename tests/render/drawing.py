"""A language's drawer, started in the test's own process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from vincicoder.render import RenderLimits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vincicoder.render.protocol import WorkerRenderer

_Drawer = TypeVar("_Drawer", bound="WorkerRenderer")


@contextmanager
def started(drawer: _Drawer, workspace: Path, limits: RenderLimits | None = None) -> Iterator[_Drawer]:
    """Start a drawer in a folder, and close it."""
    drawer.start(limits or RenderLimits(), workspace)
    try:
        yield drawer
    finally:
        drawer.close()
