"""Whether a command is a flow run on a Prefect server or runs here. Asked before anything starts."""

from __future__ import annotations

import os

from vincicoder.sample import UserError


class ServerUnreachableError(UserError):
    """Nothing answers at PREFECT_API_URL."""


def runs_on_a_server() -> bool:
    """Whether commands are flow runs on a Prefect server, or run here and need none.

    Raises ServerUnreachableError, with what to do, where PREFECT_API_URL is set and nothing answers there.
    """
    if not os.environ.get("PREFECT_API_URL"):
        return False
    import httpx
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        error = client.api_healthcheck()
    if isinstance(error, httpx.TransportError):
        raise ServerUnreachableError(
            f"no Prefect server answers at PREFECT_API_URL={os.environ['PREFECT_API_URL']} ({error}): start "
            "it with `prefect server start`, correct the address, or unset PREFECT_API_URL to do without one"
        )
    return True
