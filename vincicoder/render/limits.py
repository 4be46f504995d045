"""Checks of a picture against the limits."""

from __future__ import annotations

from vincicoder.render.api import RenderLimits


def too_large(width: int, height: int, limits: RenderLimits) -> str:
    """Return why a picture of this size (pixels) is refused, or '' when it is within the limits."""
    if width < 1 or height < 1:
        return f"picture of {width}x{height} pixels: at least 1x1 is needed"
    if width > limits.max_width or height > limits.max_height or width * height > limits.max_pixels:
        return (
            f"picture of {width}x{height} pixels: at most {limits.max_width} wide, {limits.max_height} high "
            f"and {limits.max_pixels} in all are allowed"
        )
    return ""
