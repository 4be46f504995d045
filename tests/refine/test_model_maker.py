"""The maker that asks a model, against a server on this machine: order, limits, retries, costs, resuming."""

from __future__ import annotations

import importlib.util
import json
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.home import Home
from tasks.model_answers import cost_log, refinement_answers
from tests.imports import ROOT
from tests.refine.model_server import ModelServer, Reply
from vincicoder.chat.config import ModelConfig
from vincicoder.chat.endpoint import EndpointError
from vincicoder.refine.config import (
    RefineConfig,
    RefineConfigError,
    check_maker,
    create_maker,
    load_refine_config,
)
from vincicoder.refine.protocol import Flaw, Maker, Target
from vincicoder.sample import InfrastructureError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
FENCED = f"```svg\n{SVG}\n```"


def targets(count: int) -> list[Target]:
    return [
        Target(f"{n:02d}{'e' * 62}", "svg", "svg", f"<svg id='{n}'/>", b"picture %d" % n)
        for n in range(count)
    ]


def number(picture: bytes) -> int:
    return int(picture.rpartition(b" ")[2])


def maker(server: ModelServer, home: Path, **changes: object) -> Maker:
    settings = {"model": "tiny-vlm", "endpoint": server.url, "first_wait_seconds": 0.01, **changes}
    config = RefineConfig(maker="openai", rounds=2, model=ModelConfig(**settings))
    made = create_maker(config, lambda model: refinement_answers(Home(home), model))
    assert made is not None
    return made


def ask(reply: Callable[[bytes, int], Reply], home: Path, count: int, **changes: object) -> list[Flaw]:
    with ModelServer(reply) as server:
        return list(maker(server, home, **changes).make(targets(count), 0))


def test_rows_keep_their_order_and_requests_their_limit(tmp_path: Path) -> None:
    def reply(picture: bytes, before: int) -> Reply:
        text = f"```svg\n<svg id='answer {number(picture)}'/>\n```"
        return Reply(text, seconds=0.25 if number(picture) % 3 == 0 else 0.05)

    with ModelServer(reply) as server:
        flaws = list(maker(server, tmp_path, concurrency=3).make(targets(12), 0))
        assert server.most_at_once == 3
        assert len(server.requests) == 12
    assert [flaw.code for flaw in flaws] == [f"<svg id='answer {n}'/>" for n in range(12)]
    assert {(flaw.kinds, flaw.maker) for flaw in flaws} == {(("attempt",), "model:tiny-vlm")}


def test_each_sample_and_round_has_its_own_seed_every_time(tmp_path: Path) -> None:
    seeds = []
    for folder in ("one", "two"):
        with ModelServer(lambda *_: Reply(FENCED)) as server:
            made = maker(server, tmp_path / folder, temperature=0.3, max_tokens=77)
            for round_number in range(2):
                list(made.make(targets(3), round_number))
            seeds.append(sorted(sent["seed"] for sent in server.requests))
            sent = server.requests[0]
            assert (sent["path"], sent["model"], sent["temperature"], sent["max_tokens"]) == (
                "/v1/chat/completions", "tiny-vlm", 0.3, 77,
            )  # fmt: skip
            assert "SVG" in sent["messages"][0]["content"][1]["text"]
    assert seeds[0] == seeds[1]
    assert len(set(seeds[0])) == 6


@pytest.mark.parametrize(
    ("failure", "least_wait"),
    [
        (Reply("slow down", status=429, headers={"Retry-After": "1"}), 1.0),
        (Reply("broken", status=500), 0.0),
        (Reply("loading", status=503), 0.0),
        (Reply(drop=True), 0.0),
        (Reply(body='{"choices": [{"mess'), 0.0),
        (Reply(body='{"object": "list", "data": []}'), 0.0),
        (Reply(body='{"choices": ["text"]}'), 0.0),
        (Reply(body="<html>gateway</html>", headers={"content-type": "text/html"}), 0.0),
        (Reply(FENCED, seconds=1.5), 0.0),  # beyond the deadline
    ],
    ids=["429", "500", "503", "dropped", "malformed", "other-json", "odd-choice", "html", "late"],
)
def test_passing_failures_are_tried_again(tmp_path: Path, failure: Reply, least_wait: float) -> None:
    def reply(picture: bytes, before: int) -> Reply:
        return Reply(FENCED) if before else failure

    with ModelServer(reply) as server:
        (flaw,) = maker(server, tmp_path, deadline_seconds=1.0).make(targets(1), 0)
        assert flaw.code == SVG
        assert len(server.requests) == 2
        assert server.times[1] - server.times[0] >= least_wait
    records = list(cost_log(Home(tmp_path)))
    assert records[0]["attempts"] == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply(f"```svg\n{SVG[:20]}", finish_reason="length"), "truncated"),
        (Reply(""), "empty"),
        (Reply(" \n"), "empty"),
        (Reply("I cannot help with that.", refusal="no"), "refused"),
        (Reply("", finish_reason="content_filter"), "refused"),
        (Reply("maximum context length is 4096 tokens", status=400), "too_long"),
        (Reply("```python\nimport os\nprint(os)\n```"), "wrong_language"),
        (Reply("It shows a red square."), "no_code"),
    ],
)
def test_unusable_answers_are_outcomes_of_their_row(tmp_path: Path, answer: Reply, kind: str) -> None:
    def reply(picture: bytes, before: int) -> Reply:
        return answer if number(picture) == 1 else Reply(FENCED)

    flaws = ask(reply, tmp_path, 3)
    assert [flaw.kinds for flaw in flaws] == [("attempt",), (kind,), ("attempt",)]
    assert flaws[1].code == ""
    assert len(ask(reply, tmp_path, 3)) == 3  # they are kept, too


def test_code_is_taken_out_of_prose_and_thoughts(tmp_path: Path) -> None:
    text = (
        f"<think>```svg\n<svg id='draft'/>\n```</think>Here it is:\n\n```xml\n{SVG}\n```\n\nI hope it helps."
    )
    (flaw,) = ask(lambda *_: Reply(text), tmp_path, 1)
    assert flaw.code == SVG


def test_a_server_that_stays_down_is_no_fault_of_the_rows(tmp_path: Path) -> None:
    def reply(picture: bytes, before: int) -> Reply:
        return Reply("down", status=503) if number(picture) == 4 else Reply(FENCED)

    with ModelServer(reply) as server:
        asked = maker(server, tmp_path, attempts=3, concurrency=2)
        with pytest.raises(InfrastructureError, match=r"failed 3 times, last with status 503"):
            list(asked.make(targets(40), 0))
        assert 6 <= len(server.requests) < 42  # what was waiting is not sent to a dead server
        first = [record["sample_id"] for record in cost_log(Home(tmp_path)) if "sample_id" in record]
    with ModelServer(lambda *_: Reply(FENCED)) as server:
        flaws = list(maker(server, tmp_path).make(targets(40), 0))
        assert len(server.requests) == 40 - len(first)  # only what is missing
        assert [flaw.sample_id for flaw in flaws] == [target.sample_id for target in targets(40)]
        list(maker(server, tmp_path, temperature=0.1).make(targets(2), 0))
        assert len(server.requests) == 42 - len(first)  # other settings, other answers


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (Reply("no such key", status=401), EndpointError, "401: .*no such key"),
        (Reply("no such model", status=404), EndpointError, "404: .*no such model"),
        (Reply("temperature must be 1", status=400), EndpointError, "400: .*temperature must be 1"),
        (
            Reply("quota", status=429, headers={"Retry-After": "86400"}),
            InfrastructureError,
            "asks to wait 86400 s: .* failed 1 times",
        ),
    ],
)
def test_lasting_refusals_are_not_repeated(
    tmp_path: Path, reply: Reply, error: type[Exception], message: str
) -> None:
    with ModelServer(lambda *_: reply) as server:
        with pytest.raises(error, match=message):
            list(maker(server, tmp_path, concurrency=1).make(targets(5), 0))
        assert len(server.requests) == 1
    assert [record for record in cost_log(Home(tmp_path)) if "sample_id" in record] == []


@pytest.mark.parametrize("kind", ["cut", "changed", "other", "earlier"])
def test_a_damaged_answer_is_moved_aside_and_asked_again(tmp_path: Path, kind: str) -> None:
    with ModelServer(lambda *_: Reply(FENCED)) as server:
        before = list(maker(server, tmp_path).make(targets(2), 0))
        path = next(tmp_path.glob(f"answers/refine/*/*/{targets(1)[0].sample_id}-0.json"))
        data = path.read_bytes()
        answer = {name: value for name, value in json.loads(data).items() if name != "sha256"}
        damaged = {
            "cut": data[:40],
            "changed": data.replace(b"width", b"weird"),
            "other": b'{"text": "x"}',
            "earlier": json.dumps(answer).encode(),  # without a checksum: it is used
        }[kind]
        path.write_bytes(damaged)
        assert list(cost_log(Home(tmp_path)))[-1]["answers"] == (2 if kind == "earlier" else 1)
        assert list(maker(server, tmp_path).make(targets(2), 0)) == before
        assert len(server.requests) == (2 if kind == "earlier" else 3)
    aside = tmp_path / "damaged" / f"{path.relative_to(tmp_path)}-1"
    assert kind == "earlier" or aside.read_bytes() == damaged
    assert len(list(cost_log(Home(tmp_path)))) == 3


def test_the_cost_log_adds_up(tmp_path: Path) -> None:
    def reply(picture: bytes, before: int) -> Reply:
        finish = "length" if number(picture) == 2 else "stop"
        return Reply(FENCED, finish_reason=finish, tokens_out=100 + number(picture))

    ask(reply, tmp_path, 5, input_price=2.5, output_price=10.0)
    *rows, total = cost_log(Home(tmp_path))
    assert [(row["sample_id"][:2], row["round"], row["tokens_in"], row["tokens_out"]) for row in rows] == [
        (f"{n:02d}", 0, 1000, 100 + n) for n in range(5)
    ]
    assert rows[2]["cost"] == pytest.approx((1000 * 2.5 + 102 * 10) / 1e6, abs=1e-15)
    assert rows[2]["finish_reason"] == "length"
    assert (total["answers"], total["tokens_in"], total["tokens_out"]) == (5, 5000, 510)
    assert total["cost"] == pytest.approx((5000 * 2.5 + 510 * 10) / 1e6, abs=1e-15)


def test_the_key_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ModelConfig(model="m", endpoint="http://localhost:1/v1", api_key_variable="REFINE_TEST_KEY")
    monkeypatch.delenv("REFINE_TEST_KEY", raising=False)
    with pytest.raises(RefineConfigError, match="REFINE_TEST_KEY is not set"):
        check_maker(RefineConfig(maker="openai", model=model))
    monkeypatch.setenv("REFINE_TEST_KEY", "secret")
    check_maker(RefineConfig(maker="openai", model=model))
    with ModelServer(lambda *_: Reply(FENCED)) as server:
        list(maker(server, tmp_path, api_key_variable="REFINE_TEST_KEY").make(targets(1), 0))
        assert server.keys == ["Bearer secret"]
    assert not any("secret" in path.read_text() for path in tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"maker": "openai"}, "need it"),
        ({"maker": "mutation", "model": {"model": "m"}}, "need it"),
        ({"maker": "openai", "model": {"model": "m"}}, r"model\.endpoint"),
        ({"maker": "vllm", "model": {"model": "m", "temprature": 1}}, "temprature"),
    ],
)
def test_mistakes_in_the_configuration_are_named(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RefineConfig.model_validate(fields)


def test_the_documented_configuration_is_valid(tmp_path: Path) -> None:
    block = (ROOT / "docs/refinement.md").read_text().partition("    maker: openai\n")
    lines = [line for line in block[2].partition("\n\n")[0].splitlines()]
    (tmp_path / "refine.yaml").write_text(textwrap.dedent("\n".join(["    maker: openai", *lines])))
    config = load_refine_config(tmp_path / "refine.yaml")
    assert config.model is not None
    assert config.model.api_key_variable == "MODEL_KEY"
    with pytest.raises(RefineConfigError, match=r"missing\.yaml cannot be read"):
        load_refine_config(tmp_path / "missing.yaml")


@pytest.mark.skipif(importlib.util.find_spec("vllm") is not None, reason="vLLM is installed here")
def test_a_missing_engine_is_told_before_any_work() -> None:
    with pytest.raises(RefineConfigError, match="needs the package vllm"):
        check_maker(RefineConfig(maker="vllm", model=ModelConfig(model="m")))
