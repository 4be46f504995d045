"""The layers that keep a sample's code away from the machine, each probed before it is trusted."""

from vincicoder.render.sandbox.report import Layer, probe

__all__ = ["Layer", "probe"]
