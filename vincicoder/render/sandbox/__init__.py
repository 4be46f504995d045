"""The layers that isolate a sample's code from the machine, each probed before it is used."""

from vincicoder.render.sandbox.report import Layer, describe_lacking, probe, require_every_layer

__all__ = ["Layer", "describe_lacking", "probe", "require_every_layer"]
