"""The reward as a local HTTP service: browsers, TeX and the encoder away from the trainer's processes.

GET /health, GET /metrics (Prometheus text), POST /score (see `wire.py`). It listens where it is told and asks
no password: bind it to loopback or a private network.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Response
from pydantic import BaseModel

from vincicoder.reward.breakdown import RewardError
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.scorer import RewardScorer
from vincicoder.reward.wire import pack_answer, unpack_rows


class ScoreItem(BaseModel):
    """One row of a request; `index` is the client's own."""

    index: int
    response: str
    language: str
    reference: str


class ScoreRequest(BaseModel):
    """A batch: the references by sha256 (base64 of the image file), and the rows that name them."""

    references: dict[str, str]
    items: list[ScoreItem]


def make_service(scorer: RewardScorer) -> FastAPI:
    """Return the application around an open scorer."""
    app = FastAPI(title="VinciCoder reward", docs_url=None, redoc_url=None, openapi_url=None)
    busy = _Gauge()

    @app.get("/health")
    def health() -> dict[str, Any]:
        config = scorer.config
        return {"status": "ok", "encoder": config.encoder, "grid": config.grid, "busy": busy.value}

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(metrics_text(scorer, busy.value), media_type="text/plain; version=0.0.4")

    @app.post("/score")
    def score(request: ScoreRequest) -> Response:
        try:
            rows = unpack_rows(request.references, [item.model_dump() for item in request.items])
        except (KeyError, ValueError) as error:
            return Response(f"a reference was not sent, or is not base64: {error}", 422)
        with busy:
            try:
                answer = pack_answer(scorer.score_batch(rows), {})
            except RewardError as error:
                answer = pack_answer(error.breakdowns, error.failures)
        return _json(answer)

    return app


def serve(config: RewardConfig, host: str, port: int, announce: Callable[[str], object]) -> None:
    """Serve until a signal ends it. `port` 0 takes a free one; `announce` gets a line with the address."""
    import uvicorn

    listener = socket.create_server((host, port))
    with RewardScorer(config) as scorer:
        announce(f"reward service at http://{host}:{listener.getsockname()[1]}, encoder {config.encoder}")
        uvicorn.Server(uvicorn.Config(make_service(scorer), log_level="warning")).run(sockets=[listener])


def _json(answer: dict[str, Any]) -> Response:
    return Response(json.dumps(answer), media_type="application/json")


def metrics_text(scorer: RewardScorer, busy: int) -> str:
    """Return the totals in Prometheus' text format."""
    lines = ["# TYPE vincicoder_reward_busy gauge", f"vincicoder_reward_busy {busy}"]
    totals = {
        **{f"{name}_total": float(value) for name, value in sorted(scorer.counts.items())},
        "tiles_encoded_total": float(scorer.features.encoded),
        "references_prepared_total": float(scorer.references.prepared),
        **{f"{name}_seconds_total": float(value) for name, value in sorted(scorer.seconds.items())},
    }
    for name, value in totals.items():
        lines += [f"# TYPE vincicoder_reward_{name} counter", f"vincicoder_reward_{name} {value:g}"]
    return "\n".join(lines) + "\n"


class _Gauge:
    """Counts those inside its `with`."""

    def __init__(self) -> None:
        self.value = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.value += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.value -= 1
