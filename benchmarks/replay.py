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
from prefect import task

from flows import pipeline
from storage.outputs import StageOutput
from tasks.sft import refine, render
from vincicoder.render import RenderRequest, RenderResult, RenderStatus
from vincicoder.render.finish import measure
from vincicoder.render.png import png_file

_SIDE, _GRID = 32, 5


class ReplayEngine:
    """Answers as `RenderEngine` does, in the calling thread."""

    def render(self, requests: Iterable[RenderRequest], *_: object) -> Iterator[RenderResult]:
        """Yield a picture for each request."""
        for request in requests:
            yield _draw(request)


def install() -> None:
    """Let the stages that draw use the stand-in, in this process, from now on."""
    stages: tuple[Any, ...] = (render, refine)
    for stage in stages:
        stage.shared_engine = lambda *_, **__: ReplayEngine()


@task(**render.STAGE.shard_task)
def render_shard(**arguments: Any) -> StageOutput:
    """The stage, with the stand-in, in whatever process it runs."""
    install()
    return render.render_shard.fn(**arguments)


@task(**refine.STAGE.shard_task)
def refine_shard(**arguments: Any) -> StageOutput:
    """The stage, with the stand-in, in whatever process it runs."""
    install()
    return refine.refine_shard.fn(**arguments)


@contextmanager
def replayed() -> Iterator[None]:
    """While inside, builds of this process use the stand-in."""
    place: Any = pipeline
    before = place.render_shard, place.refine_shard
    place.render_shard, place.refine_shard = render_shard, refine_shard
    try:
        yield
    finally:
        place.render_shard, place.refine_shard = before


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
