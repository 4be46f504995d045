"""The engine as an actor on a Ray cluster: batches of requests, from any node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from vincicoder.render.api import RenderLimits, RenderRequest, RenderResult
from vincicoder.render.engine.engine import RenderEngine

_BATCHES_AT_ONCE = 16


class RenderActor:
    """What runs in the actor: one engine, open from the actor's start to its end.

    Ray ends actors without a word; the engine's guards then end every process below them.
    """

    def __init__(
        self,
        limits: RenderLimits | None,
        workers: int,
        output: Literal["png", "pixels"],
        require_sandbox: bool,
        measure: bool,
    ) -> None:
        self._engine = RenderEngine(limits, workers, output, require_sandbox, measure).__enter__()

    def render(self, requests: Sequence[RenderRequest]) -> list[RenderResult]:
        """Return the results of a batch, in the order of the requests. Batches of several callers mix."""
        numbered = [replace(request, request_id=str(place)) for place, request in enumerate(requests)]
        by_place = {int(result.request_id): result for result in self._engine.render(numbered)}
        return [
            replace(by_place[place], request_id=request.request_id) for place, request in enumerate(requests)
        ]


def start_render_actor(
    workers: int,
    limits: RenderLimits | None = None,
    output: Literal["png", "pixels"] = "png",
    require_sandbox: bool = False,
    measure: bool = True,
    **options: Any,
) -> Any:
    """Start an actor on the cluster that this process has joined, and return its handle.

        actor = start_render_actor(workers=4)
        results = ray.get(actor.render.remote([RenderRequest("1", "svg", code)]))

    The arguments are those of `RenderEngine`; one CPU per worker is asked of the cluster. `options` are
    Ray's own and may name the actor (name, namespace, get_if_exists, lifetime, num_cpus, resources).
    Raises ImportError where Ray is missing (`pip install 'vincicoder[ray]'`).
    """
    import ray

    settings: dict[str, Any] = {"num_cpus": workers, "max_concurrency": _BATCHES_AT_ONCE, **options}
    actor: Any = ray.remote(RenderActor).options(**settings)
    return actor.remote(limits, workers, output, require_sandbox, measure)
