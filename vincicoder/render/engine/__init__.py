"""The host side: hands samples to workers, keeps their limits, answers for dead ones."""

from vincicoder.render.engine.engine import RenderEngine

__all__ = ["RenderEngine"]
