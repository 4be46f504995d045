"""One render engine for all shard tasks of this process."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vincicoder.render import RenderEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vincicoder.render import RenderLimits

_lock = threading.Lock()
_engine: RenderEngine | None = None


def shared_engine(limits: RenderLimits, *, workers: int, require_sandbox: bool) -> RenderEngine:
    """Return the engine, opening it on first use; within a build the settings are always the same."""
    global _engine
    with _lock:
        if _engine is None:
            _engine = RenderEngine(limits, workers=workers, require_sandbox=require_sandbox)
            _engine.__enter__()
        return _engine


@contextmanager
def engine_scope() -> Iterator[None]:
    """Close the shared engine, if any was opened, when the build ends in whatever way."""
    global _engine
    try:
        yield
    finally:
        with _lock:
            engine, _engine = _engine, None
        if engine is not None:
            engine.__exit__(None, None, None)
