"""Where rewards are computed: in this process, by a service over HTTP, or by an actor on a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from vincicoder.reward import Breakdown, RewardConfig, RewardItem, shared_scorer
from vincicoder.reward.client import ServiceClient

RAY_PREFIX = "ray:"


class Backend(Protocol):
    """Scores batches: see `RewardScorer.score_batch`, whose errors are the same everywhere."""

    def score_batch(self, rows: Sequence[RewardItem | Mapping[str, Any]]) -> list[Breakdown]:
        """Return a breakdown for each row. Raises RewardError, InfrastructureError."""
        ...


@cache
def open_backend(preset: str = "default", encoder: str | None = None, service: str | None = None) -> Backend:
    """Return the backend that a trainer's settings name; it is kept for the life of the process.

    `service` is None (this process), "http://host:port" (`vincicoder serve-reward`) or "ray:NAME" (a named
    actor). A service has its own preset and encoder: those given here must be its own, or ValueError says so.
    """
    config = RewardConfig.preset(preset, **({"encoder": encoder} if encoder else {}))
    if service is None:
        return shared_scorer(config)
    if service.startswith(RAY_PREFIX):
        from vincicoder.reward.ray_actor import RayBackend

        return RayBackend(service.removeprefix(RAY_PREFIX), config)
    client = ServiceClient(service)
    client.check(config)
    return client


os.register_at_fork(after_in_child=open_backend.cache_clear)
