"""One render engine for all shard tasks of this process."""

from __future__ import annotations

import os
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
            _engine = RenderEngine(limits, workers=workers, require_sandbox=require_sandbox).__enter__()
        return _engine


def _forget() -> None:
    """A fork has none of the engine's threads, and perhaps a lock that nobody will release."""
    global _engine, _lock
    _engine, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)


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
