"""The host side: gives samples to workers, enforces limits, and reports workers that died."""

from vincicoder.render.engine.engine import RenderEngine

__all__ = ["RenderEngine"]
