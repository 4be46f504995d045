"""Renders samples of hostile code to pictures: fast, contained, repeatable."""

from vincicoder.render.api import Recording, RenderLimits, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.engine.engine import RenderEngine
from vincicoder.render.fingerprint import fingerprint
from vincicoder.render.one_picture import RenderError, render

__all__ = [
    "Recording",
    "RenderEngine",
    "RenderError",
    "RenderLimits",
    "RenderRequest",
    "RenderResult",
    "RenderStatus",
    "fingerprint",
    "render",
]
