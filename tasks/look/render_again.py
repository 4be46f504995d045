"""Draws a sample again, in the sandbox of a build, and says whether it comes out the same."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from vincicoder.look.thumbnails import data_uri, thumbnail
from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.render.finish import flatten_on_white, hash_pixels
from vincicoder.render.registry import language_on
from vincicoder.sample import DataFile, InfrastructureError

_SIDE = 1200


def draw_again(
    code: str, language: str, stack: str | None, before: bytes | None, data: tuple[DataFile, ...] = ()
) -> dict[str, Any]:
    """Return `picture` (the value of an `src`, or None), `said` (what came of it) and `seconds`.

    `before` is the PNG that the build drew, `stack` the libraries that drew it, if its language has several.
    `data` are the files that it reads.
    """
    try:
        with RenderEngine(RenderLimits(), workers=1) as engine:
            renderer = language_on(language, stack) if stack else language
            (result,) = engine.render([RenderRequest("", renderer, code, data=data)])
    except InfrastructureError as error:
        return {"picture": None, "said": f"the engine failed: {error}", "seconds": None}
    if result.png is None:
        reason = result.reason.value if result.reason else "failed"
        return {"picture": None, "said": f"{reason}: {result.detail}", "seconds": result.seconds}
    same = before is not None and _pixels(before) == _pixels(result.png)
    said = "the same pixels as in the build" if same else "other pixels than in the build"
    small = thumbnail(result.png, _SIDE, quality=90)
    return {
        "picture": None if small is None else data_uri(small),
        "said": said if before is not None else "drawn; the build has no picture of it",
        "seconds": result.seconds,
    }


def _pixels(png: bytes) -> str:
    with Image.open(io.BytesIO(png)) as image:
        return hash_pixels(flatten_on_white(image))
