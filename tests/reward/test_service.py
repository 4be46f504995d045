"""Rewards from a process of their own: `vincicoder serve-reward`."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.reward.answers import fenced, icon
from vincicoder.reward import KEYS, Breakdown, RewardError, RewardItem, RewardScorer
from vincicoder.reward.backend import open_backend
from vincicoder.train.adapters.easyr1 import compute_score as easyr1_score
from vincicoder.train.adapters.verl import compute_score as verl_score

ANSWERS = (fenced(icon(3), "svg"), fenced(icon(9), "svg"), "no code", fenced("<svg broken", "svg"))


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of a service of its own process, which must end by itself when told to."""
    command = [sys.executable, "-m", "flows.cli", "serve-reward", "--port", "0", "--workers", "1"]
    with subprocess.Popen([*command, "--device", "cpu"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("reward service at http://127.0.0.1:"), line
            yield line.split()[3].rstrip(",")
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                code = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    assert code in (0, -signal.SIGTERM)


@pytest.fixture(scope="module")
def reference(draw: Callable[[str, str], bytes]) -> bytes:
    return draw("svg", icon(3))


@pytest.fixture(scope="module")
def here(scorer: RewardScorer, reference: bytes) -> list[Breakdown]:
    """What this process's own scorer makes of the answers."""
    return scorer.score_batch([RewardItem(answer, reference, "svg") for answer in ANSWERS])


def ask(service: str, method: str, path: str, body: object = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection(service.removeprefix("http://"), timeout=60)
    data = body if isinstance(body, str) else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    return reply.status, reply.read().decode()


def test_the_batch_endpoint_gives_the_scores_of_this_process(
    service: str, reference: bytes, here: list[Breakdown]
) -> None:
    items = [
        {"index": place, "response": answer, "language": "svg", "reference": "a"}
        for place, answer in enumerate(ANSWERS)
    ]
    request = {"references": {"a": base64.b64encode(reference).decode()}, "items": items}
    status, text = ask(service, "POST", "/score", request)
    assert status == 200
    assert json.loads(text) == {"breakdowns": [asdict(breakdown) for breakdown in here], "failures": {}}
    status, text = ask(service, "GET", "/metrics")
    counters = dict(line.split() for line in text.splitlines() if not line.startswith("#"))
    assert "# TYPE vincicoder_reward_programs_total counter" in text.splitlines()
    assert status == 200
    assert float(counters["vincicoder_reward_responses_total"]) >= len(ANSWERS)
    assert float(counters["vincicoder_reward_programs_total"]) == 3
    assert float(counters["vincicoder_reward_references_prepared_total"]) == 1
    assert float(counters["vincicoder_reward_busy"]) == 0


def test_health_names_what_it_scores_with(service: str) -> None:
    status, text = ask(service, "GET", "/health")
    health = {"status": "ok", "encoder": "efficientnet-lite2", "grid": "native", "busy": 0}
    assert (status, json.loads(text)) == (200, health)
    with pytest.raises(ValueError, match=r"start it with the same --preset and --encoder"):
        open_backend("reference", None, service)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{no json", "JSON"),
        ({"items": []}, "references"),
        ({"references": {}, "items": [{"index": 0, "response": "", "language": "svg"}]}, "reference"),
        (
            {"references": {}, "items": [{"index": 0, "response": "", "language": "svg", "reference": "a"}]},
            "a reference was not sent",
        ),
        (
            {"references": {"a": "no base64"}, "items": []},
            "not base64",
        ),
    ],
)
def test_bad_requests_are_refused_with_words(service: str, body: object, words: str) -> None:
    status, text = ask(service, "POST", "/score", body)
    assert status == 422
    assert words in text


def test_bad_rows_are_named_and_their_neighbours_scored(
    service: str, reference: bytes, here: list[Breakdown], tmp_path: Path
) -> None:
    rows = [
        RewardItem(ANSWERS[0], reference, "svg"),
        RewardItem(ANSWERS[0], b"no image", "svg"),
        RewardItem(ANSWERS[0], tmp_path / "missing.png", "svg"),
        RewardItem(ANSWERS[1], reference, "svg"),
    ]
    with pytest.raises(RewardError) as caught:
        open_backend(service=service).score_batch(rows)
    assert sorted(caught.value.failures) == [1, 2]
    assert "can't be read" in caught.value.failures[1]
    assert "missing.png" in caught.value.failures[2]
    assert caught.value.breakdowns == [here[0], None, None, here[1]]


def test_adapters_give_the_same_scores_through_the_service(
    service: str, reference: bytes, here: list[Breakdown], tmp_path: Path
) -> None:
    path = tmp_path / "reference.png"
    path.write_bytes(reference)

    async def score_all() -> list[dict[str, float]]:
        extra = {"language": "svg", "reference": str(path)}
        calls = (verl_score("d", answer, "", extra, service=service) for answer in ANSWERS)
        return await asyncio.gather(*calls)

    assert asyncio.run(score_all()) == [breakdown.as_dict() for breakdown in here]
    image = {"images": [{"bytes": reference}]}
    rows = [{"response": answer, "ground_truth": icon(3), "multi_modal_data": image} for answer in ANSWERS]
    found = easyr1_score(rows, service=service)
    assert [{key: row[key] for key in KEYS} for row in found] == [dict(breakdown) for breakdown in here]
