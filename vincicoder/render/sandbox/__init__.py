"""The layers that keep a sample's code away from the machine, each probed before it is trusted."""

from vincicoder.render.sandbox.report import Layer, describe_lacking, probe, require_every_layer

__all__ = ["Layer", "describe_lacking", "probe", "require_every_layer"]
