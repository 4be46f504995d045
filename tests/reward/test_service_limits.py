"""The service under load, from clients that leave, never end a request, or ask for too much."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import uvicorn

import vincicoder.reward.connections
from tests.reward.answers import fenced, icon
from vincicoder.reward import RewardItem, RewardScorer
from vincicoder.reward.admission import ServiceLimits
from vincicoder.reward.client import ServiceClient
from vincicoder.reward.connections import ImpatientProtocol
from vincicoder.reward.service import make_service
from vincicoder.sample import InfrastructureError

_PATIENCE = 60.0  # of a test on a loaded machine


@pytest.fixture(scope="module")
def reference(draw: Callable[[str, str], bytes]) -> bytes:
    return draw("svg", icon(3))


@contextmanager
def serving(scorer: RewardScorer, limits: ServiceLimits) -> Iterator[int]:
    """A service around an open scorer, in a thread; its port."""
    app = make_service(scorer, limits)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", http=ImpatientProtocol, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        app.state.admission.close()
        thread.join()


def body(reference: bytes, *answers: str, language: str = "svg") -> bytes:
    items = [
        {"index": place, "response": answer, "language": language, "reference": "a"}
        for place, answer in enumerate(answers)
    ]
    return json.dumps({"references": {"a": base64.b64encode(reference).decode()}, "items": items}).encode()


def ask(
    port: int, method: str, path: str, data: bytes | None = None
) -> tuple[int, http.client.HTTPMessage, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    connection.request(method, path, data, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    return reply.status, reply.headers, reply.read().decode()


def send(port: int, data: bytes) -> socket.socket:
    """Send a request and wait for nothing."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
    head = f"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n\r\n"
    connection.sendall(head.encode() + data)
    return connection


def metrics(port: int) -> dict[str, float]:
    _, _, text = ask(port, "GET", "/metrics")
    pairs = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {name.removeprefix("vincicoder_reward_"): float(value) for name, value in pairs}


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


def sleeping(number: int) -> str:
    """A program that sleeps until its deadline; each is another one, so that none is remembered."""
    return fenced(f"import time\ntime.sleep(600 + {number})", "python")


def test_dropped_requests_hold_up_neither_health_nor_fresh_rows(
    scorer: RewardScorer, reference: bytes
) -> None:
    """Fifty programs that sleep for seven seconds each would keep two workers busy for three minutes."""
    with serving(scorer, ServiceLimits(running=4)) as port:
        dropped = [send(port, body(reference, sleeping(number), language="python")) for number in range(50)]
        wait_until(lambda: metrics(port)["busy"] + metrics(port)["waiting"] == 50)
        began = time.monotonic()
        status, _, _ = ask(port, "GET", "/health")
        answered = time.monotonic() - began
        for connection in dropped:
            connection.close()
        began = time.monotonic()
        fresh, _, text = ask(port, "POST", "/score", body(reference, fenced(icon(3), "svg")))
        waited = time.monotonic() - began
        assert (status, fresh) == (200, 200)
        assert json.loads(text)["breakdowns"][0]["score"] > 0.99
        assert answered < 5
        assert waited < 30
        wait_until(lambda: metrics(port)["busy"] + metrics(port)["waiting"] == 0)
        assert metrics(port)["requests_abandoned_total"] == 50
        assert metrics(port)["programs_total"] < 50


def test_more_than_may_wait_is_told_when_to_come_again_and_our_client_does(
    scorer: RewardScorer, reference: bytes
) -> None:
    with serving(scorer, ServiceLimits(running=1, waiting=1, retry_after_seconds=1)) as port:
        held = [send(port, body(reference, sleeping(100 + number), language="python")) for number in (0, 1)]
        wait_until(lambda: metrics(port)["busy"] + metrics(port)["waiting"] == 2)
        status, headers, text = ask(port, "POST", "/score", body(reference, "no code"))
        assert (status, headers["Retry-After"]) == (503, "1")
        assert "2 requests wait already" in text
        client = ServiceClient(f"http://127.0.0.1:{port}", timeout_seconds=_PATIENCE)
        leave = threading.Timer(1.0, lambda: [connection.close() for connection in held])
        leave.start()
        (breakdown,) = client.score_batch([RewardItem(fenced(icon(3), "svg"), reference, "svg")])
        assert breakdown.score > 0.99
        assert metrics(port)["requests_refused_total"] >= 2


def test_bodies_are_bounded_and_batches_of_our_client_are_parted(
    scorer: RewardScorer, reference: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [fenced(icon(place), "svg") for place in (3, 4, 5)]
    rows = [RewardItem(answer, reference, "svg") for answer in answers]
    whole = body(reference, *answers)
    with serving(scorer, ServiceLimits(body_bytes=len(whole) - 1)) as port:
        status, _, text = ask(port, "POST", "/score", whole + b" " * 5_000_000)
        assert status == 413
        assert f"over {len(whole) - 1} bytes" in text
        client = ServiceClient(f"http://127.0.0.1:{port}")
        with pytest.raises(InfrastructureError, match="413"):
            client.score_batch(rows)
        monkeypatch.setattr("vincicoder.reward.client._PART_BYTES", len(whole) - 500)
        bad = RewardItem(answers[0], b"no image", "svg")
        found = client.score_batch(rows)
        assert found == scorer.score_batch(rows)
        with pytest.raises(Exception, match="row 2: the reference can't be read"):
            client.score_batch([*rows[:2], bad, rows[2]])
    with serving(scorer, ServiceLimits(held_bytes=len(whole) - 1)) as port:
        status, _, text = ask(port, "POST", "/score", whole)
        assert (status, "bytes wait already" in text) == (503, True)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /sco",
        b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /hea",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
    ],
)
def test_half_open_requests_are_closed(
    scorer: RewardScorer, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(vincicoder.reward.connections, "HEADER_SECONDS", 0.5)
    with serving(scorer, ServiceLimits(receive_seconds=0.5)) as port:
        connection = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        connection.sendall(sent)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        if sent.startswith(b"POST /score HTTP"):
            assert received.startswith(b"HTTP/1.1 408")
        assert metrics(port)["waiting"] == 0


@pytest.mark.parametrize(
    ("index", "words"),
    [("NaN", "NaN is no JSON number"), ("-Infinity", "-Infinity is no"), ("1e999", "items.0.index"),
     ("0.5", "items.0.index"), ("1" * 5000, "JSON"), ("[" * 100_000, "JSON"), ('"\\ud800"', "items.0.index")],
)  # fmt: skip
def test_what_is_no_request_is_refused_with_words(scorer: RewardScorer, index: str, words: str) -> None:
    item = f'{{"index": {index}, "response": "", "language": "svg", "reference": "a"}}'
    with serving(scorer, ServiceLimits()) as port:
        status, _, text = ask(port, "POST", "/score", f'{{"references": {{}}, "items": [{item}]}}'.encode())
    assert status == 422
    assert words in text


def test_a_service_with_another_configuration_is_refused_by_the_field(
    scorer: RewardScorer, reference: bytes
) -> None:
    with serving(scorer, ServiceLimits()) as port:
        client = ServiceClient(f"http://127.0.0.1:{port}")
        client.check(replace(scorer.config, workers=7, device="cuda"))  # of the machine, not of the score
        with pytest.raises(ValueError, match=r"text_weight: 0\.25 there, 0\.5 here\): start it with"):
            client.check(replace(scorer.config, text_weight=0.5))
        with pytest.raises(ValueError, match=r"hard_chars: .*soft_chars: "):
            client.check(replace(scorer.config, soft_chars=7, hard_chars=8))
        # It was the same when the client looked, and was started anew with another preset since.
        client._config = replace(scorer.config, zero_cheats=False)
        with pytest.raises(ValueError, match=r"zero_cheats: True there, False here"):
            client.score_batch([RewardItem("no code", reference, "svg")])
