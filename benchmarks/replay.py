"""A declared stand-in for the render engine: it draws a small picture from a program's hash.

What is measured with it is all but drawing: reading, cleaning, hashing, storing, comparing, publishing. The
pictures differ as their programs do, and are encoded and measured as a worker's are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from PIL import Image

from tasks.sft import refine, render
from vincicoder.render import RenderRequest, RenderResult, RenderStatus
from vincicoder.render.finish import measure
from vincicoder.render.png import png_file

_SIDE, _GRID = 64, 5


class ReplayEngine:
    """Answers as `RenderEngine` does, in the calling thread."""

    def render(self, requests: Iterable[RenderRequest], *_: object) -> Iterator[RenderResult]:
        """Yield a picture for each request."""
        for request in requests:
            yield _draw(request)


@contextmanager
def replayed() -> Iterator[None]:
    """While inside, the stages that draw use the stand-in."""
    stages: tuple[Any, ...] = (render, refine)
    before = [stage.shared_engine for stage in stages]
    for stage in stages:
        stage.shared_engine = lambda *_, **__: ReplayEngine()
    try:
        yield
    finally:
        for stage, function in zip(stages, before, strict=True):
            stage.shared_engine = function


def _draw(request: RenderRequest) -> RenderResult:
    digest = hashlib.shake_128(request.code.encode()).digest(_GRID * _GRID * 3)
    grid = np.frombuffer(digest, np.uint8).reshape(_GRID, _GRID, 3)
    pixels = np.array(Image.fromarray(grid).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC))
    measures = measure(pixels)
    return RenderResult(
        request_id=request.request_id,
        status=RenderStatus.RENDERED,
        reason=None,
        detail="",
        png=png_file(pixels),
        pixels=None,
        width=_SIDE,
        height=_SIDE,
        seconds=0.0,
        fingerprint="replay",
        pixels_sha256=measures.pixels_sha256,
        phash=measures.phash,
        thumbnail=measures.thumbnail,
    )
