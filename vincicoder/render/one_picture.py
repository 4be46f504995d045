"""One program to one picture, for a notebook or a script; many want a `RenderEngine` of their own."""

from __future__ import annotations

import atexit
import io
import os
import threading

from PIL import Image

from vincicoder.render.api import RenderStatus
from vincicoder.render.engine.engine import RenderEngine
from vincicoder.sample import InfrastructureError, Reason

_lock = threading.Lock()
_engines: dict[int, RenderEngine] = {}  # by the process that opened it: a forked child needs its own


class RenderError(Exception):
    """The program is at fault that there is no picture: `reason` is for machines, `detail` for people."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        return f"{self.reason.value}: {self.detail}"


def render(code: str, language: str) -> Image.Image:
    """Draw a program in the sandbox and return the picture, RGB on white.

    The first call opens an engine with one worker a language, which later calls use; it is closed when the
    process ends. Raises `RenderError` where the program is at fault, `InfrastructureError` where we are.
    """
    result = _engine().render_one(code, language)
    if result.status is RenderStatus.REJECTED:
        assert result.reason is not None
        raise RenderError(result.reason, result.detail)
    if result.png is None:
        raise InfrastructureError(result.detail)
    picture = Image.open(io.BytesIO(result.png))
    picture.load()
    return picture


def _engine() -> RenderEngine:
    with _lock:
        process = os.getpid()
        if process not in _engines:
            _engines[process] = RenderEngine(workers=1).__enter__()
            atexit.register(_close, process)
        return _engines[process]


def _close(process: int) -> None:
    if process == os.getpid():
        _engines.pop(process).close()
