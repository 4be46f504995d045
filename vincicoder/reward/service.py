"""The reward as a local HTTP service: browsers, TeX and the encoder away from the trainer's processes.

GET /health, GET /metrics (Prometheus text), GET /configuration, POST /score (see `wire.py`). It listens where
it is given, and it asks for no password: bind it to loopback or a private network.

The event loop never scores, parses or decodes, so what only asks for health or metrics never waits. Admitted
requests are bounded in number and bytes (503 with Retry-After beyond) and given up when their client goes.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from vincicoder.reward.admission import Admission, FullError, ServiceLimits, TooLargeError
from vincicoder.reward.agreement import deciding_fields, digest
from vincicoder.reward.breakdown import RewardError
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.scorer import RewardScorer
from vincicoder.reward.stream import AbandonedError
from vincicoder.reward.wire import pack_answer, unpack_rows
from vincicoder.sample import UserError

_CLIENT_CLOSED_REQUEST = 499  # nobody reads it; logs do


class ScoreItem(BaseModel):
    """One row of a request; `index` is the client's own."""

    index: int
    response: str
    language: str
    reference: str
    ground_truth: str | None = None
    stack: str | None = None
    data: str | None = None


class ScoreRequest(BaseModel):
    """A batch: the references by sha256 (base64 of the image file), and the rows that name them.

    `configuration` is the digest of what the client wants to be scored with (see `agreement.py`).
    """

    references: dict[str, str]
    items: list[ScoreItem]
    configuration: str | None = None


def make_service(scorer: RewardScorer, limits: ServiceLimits | None = None) -> FastAPI:
    """Return the application around an open scorer. `app.state.admission` counts what it admits."""
    app = FastAPI(title="VinciCoder reward", docs_url=None, redoc_url=None, openapi_url=None)
    admission = Admission(limits or ServiceLimits.for_workers(scorer.config.workers))
    app.state.admission = admission

    @app.get("/health")
    async def health() -> dict[str, Any]:
        config = scorer.config
        return {"status": "ok", "encoder": config.encoder, "grid": config.grid, "busy": admission.running}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(metrics_text(scorer, admission), media_type="text/plain; version=0.0.4")

    @app.get("/configuration")
    async def configuration() -> dict[str, Any]:
        return deciding_fields(scorer.config)

    @app.post("/score")
    async def score(request: Request) -> Response:
        try:
            return await admission.answer(request, lambda body, abandoned: _score(scorer, body, abandoned))
        except FullError as error:
            return Response(str(error), 503, {"Retry-After": str(admission.limits.retry_after_seconds)})
        except TooLargeError as error:
            return Response(str(error), 413)
        except TimeoutError:
            seconds = admission.limits.receive_seconds
            return Response(f"the request was not whole after {seconds:g} s", 408, {"Connection": "close"})
        except (AbandonedError, ClientDisconnect):
            return Response(status_code=_CLIENT_CLOSED_REQUEST)

    return app


def _score(scorer: RewardScorer, body: bytes, abandoned: Any) -> Response:
    """Answer one request; runs in a thread."""
    try:
        request = ScoreRequest.model_validate(json.loads(body, parse_constant=_refuse_constant))
    except ValidationError as error:
        return Response(f"the request is not as it should be: {_problems(error)}", 422)
    except (ValueError, RecursionError) as error:
        return Response(f"the request is not JSON: {error}", 422)
    if request.configuration not in (None, digest(scorer.config)):
        return Response("this service scores with another configuration: see GET /configuration", 409)
    try:
        rows = unpack_rows(request.references, [item.model_dump() for item in request.items])
    except (KeyError, ValueError) as error:
        return Response(f"a reference was not sent, or is not base64: {error}", 422)
    try:
        answer = pack_answer(scorer.score_batch(rows, abandoned), {})
    except RewardError as error:
        answer = pack_answer(error.breakdowns, error.failures)
    return Response(json.dumps(answer), media_type="application/json")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _problems(error: ValidationError) -> str:
    """The places and what is wrong there; not what was sent, which may be anything."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    listed = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found[:10])
    return listed.encode("utf-8", "replace").decode()


class ServiceAddressError(UserError):
    """An address that is another program's, or not this machine's."""


def serve(config: RewardConfig, host: str, port: int, announce: Callable[[str], object]) -> None:
    """Serve until a signal ends it. `port` 0 takes a free one; `announce` gets a line with the address.

    Raises ServiceAddressError where nothing can listen there.
    """
    import uvicorn

    from vincicoder.reward.connections import ImpatientProtocol

    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise ServiceAddressError(
            f"received --host {host} and --port {port}, where no service can listen "
            f"({error.strerror or error}); give an address of this machine and a free port (0 takes one)"
        ) from error
    with RewardScorer(config) as scorer:
        app = make_service(scorer)
        settings = uvicorn.Config(
            app,
            log_level="warning",
            http=ImpatientProtocol,
            timeout_graceful_shutdown=app.state.admission.limits.shutdown_seconds,
        )
        announce(f"reward service at http://{host}:{listener.getsockname()[1]}, encoder {config.encoder}")
        try:
            uvicorn.Server(settings).run(sockets=[listener])
        finally:
            app.state.admission.close()


def metrics_text(scorer: RewardScorer, admission: Admission) -> bytes:
    """Return the totals in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Totals(scorer, admission))
    return generate_latest(registry)


class _Totals(Collector):
    """What is counted elsewhere, read when it is asked for."""

    def __init__(self, scorer: RewardScorer, admission: Admission) -> None:
        self._scorer, self._admission = scorer, admission

    def collect(self) -> Iterator[Metric]:
        scorer, admission = self._scorer, self._admission
        gauges = {
            "busy": ("Requests that are scored now", admission.running),
            "waiting": ("Requests that wait for a place", admission.waiting),
        }
        counts, seconds = scorer.totals()
        counters = {
            **{name: (f"Total of {name}", float(value)) for name, value in sorted(counts.items())},
            "tiles_encoded": ("Tiles that the encoder looked at", float(scorer.features.encoded)),
            "references_prepared": ("Reference pictures made ready", float(scorer.references.prepared)),
            "requests_refused": ("Requests refused because all places were taken", float(admission.refused)),
            "requests_abandoned": ("Requests whose client went away", float(admission.abandoned)),
            **{f"{name}_seconds": (f"Seconds of {name}", float(v)) for name, v in sorted(seconds.items())},
        }
        for name, (meaning, value) in gauges.items():
            yield GaugeMetricFamily(f"vincicoder_reward_{name}", meaning, value=value)
        for name, (meaning, total) in counters.items():
            yield CounterMetricFamily(f"vincicoder_reward_{name}", meaning, value=total)
