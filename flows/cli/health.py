"""What `vincicoder doctor` says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing looked at. `essential` checks decide the exit code."""

    area: str
    name: str
    ok: bool
    essential: bool
    detail: str
