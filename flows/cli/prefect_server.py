"""Is the Prefect server there that PREFECT_API_URL names? Asked before anything starts."""

from __future__ import annotations

import os

from vincicoder.sample import UserError


class ServerUnreachableError(UserError):
    """Nothing answers at PREFECT_API_URL."""


def require_server() -> None:
    """Raise ServerUnreachableError, with what to do, unless the server answers."""
    import httpx
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if isinstance(error, httpx.TransportError):
        raise ServerUnreachableError(
            f"no Prefect server answers at PREFECT_API_URL={os.environ['PREFECT_API_URL']} ({error}): start "
            "it with `prefect server start`, correct the address, or unset PREFECT_API_URL to do without one"
        )
