"""What the engine passes to a worker at its start, as JSON on the command line."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from vincicoder.render.api import RenderLimits

FAULTS_VARIABLE = "VINCICODER_FAULTS"
"""Set by tests of the guards alone: see `worker/faults.py`."""


@dataclass(frozen=True, slots=True)
class WorkerConfiguration:
    """Everything a worker needs to know. Descriptors are numbers inherited from the engine."""

    language: str
    limits: RenderLimits
    output: str  # "png" or "pixels"
    measure: bool
    layers: tuple[str, ...]  # the sandbox layers to apply, by name
    scratch_mb: int
    workspace: str  # a directory to make; empty where the worker has a scratch mount of its own
    control_descriptor: int
    lifeline_descriptor: int

    def to_json(self) -> str:
        """Return the configuration as JSON text."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> WorkerConfiguration:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        fields["limits"] = RenderLimits(**fields["limits"])
        fields["layers"] = tuple(fields["layers"])
        return WorkerConfiguration(**fields)
