"""Names of flow runs, from their parameters: what is built, and how much of it."""

from __future__ import annotations

from prefect.runtime import flow_run


def build_run_name() -> str:
    """Return a name such as `build-sft-data packages, limit 100`."""
    profile = flow_run.parameters.get("profile") or "own sources"
    return f"build-sft-data {profile}{_limit()}"


def rl_run_name() -> str:
    """Return a name such as `build-rl-data vincicoder-42k, limit 100`."""
    return f"build-rl-data {flow_run.parameters['recipe']}{_limit()}"


def _limit() -> str:
    limit = flow_run.parameters.get("limit")
    return "" if limit is None else f", limit {limit}"
