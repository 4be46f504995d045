"""Models answer the validation split: a tiny one on the CPU, and a server that fails in every way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.evaluation import EvaluationConfig, run_evaluation
from flows.runners import DirectRunner
from storage.home import Home
from tasks.evaluation.endpoint import EndpointDownError
from tests.evaluate.rows import fenced, rows_of, write_answers
from tests.imports import ROOT
from tests.refine.model_server import ModelServer, Reply
from vincicoder.chat.config import ModelConfig

pytestmark = pytest.mark.slow

KEY = "a-key-that-no-file-may-hold"


def items_of(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    table = pq.read_table(Path(result["folder"], "items.parquet"))
    return {row["item_id"]: row for row in table.to_pylist()}


def test_a_tiny_model_is_evaluated_on_the_cpu_killed_and_goes_on(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "home"
    shutil.copytree(home / "releases", own / "releases", symlinks=True)
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "evaluate",
        "--checkpoint",
        "tiny-random",
        "--max-tokens",
        "24",
    ]
    command += ["--home", str(own), "--workers", "1", "--json"]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    lines: list[bytes] = []
    try:
        deadline = time.monotonic() + 240
        while len(lines) < 2:
            assert started.poll() is None and time.monotonic() < deadline
            lines = [
                line for path in own.glob("answers/checkpoint/*/answers.jsonl") for line in path.open("rb")
            ]
            time.sleep(0.02)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result = json.loads(again.stdout.strip().splitlines()[-1])
    asked = len(rows_of(home))
    assert (result["items"], result["answers"]["answered"] + result["answers"]["empty"]) == (asked, asked)
    (path,) = own.glob("answers/checkpoint/*/answers.jsonl")
    kept = path.read_bytes().splitlines(keepends=True)
    assert kept[: len(lines) - 1] == lines[:-1]
    assert len({json.loads(line)["sample_id"] for line in kept if line.endswith(b"}\n")}) == asked
    assert result["metrics"]["execution"]["items"] == asked and result["answers_of"] == "tiny-random"
    for row in items_of(result).values():
        assert row["answer"] is not None and (row["reason"] == "") == (row["execution_reference"] == 1.0)


def test_an_endpoint_that_fails_is_waited_for_and_costs_no_answer(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "home"
    shutil.copytree(home / "releases", own / "releases", symlinks=True)
    rows = {row["image"]["bytes"]: row for row in rows_of(home)}
    ways = dict(zip(rows, ("fails", "floods", "slow", "declines", "down"), strict=True))
    first_replies = {
        "fails": [Reply(status=500, text="busy"), Reply(body="{no json")],
        "floods": [Reply("word " * 400_000)],
        "slow": [Reply("", seconds=3.0), Reply(status=429, text="later", headers={"retry-after": "0.05"})],
        "declines": [Reply(refusal="no")],
        "down": [],
    }
    is_up = False

    def reply(picture: bytes, before: int) -> Reply:
        way = ways[picture]
        if way == "down" and not is_up:
            return Reply(status=503, text="starting")
        return dict(enumerate(first_replies[way])).get(before, Reply(fenced(rows[picture])))

    monkeypatch.setenv("EVALUATION_TEST_KEY", KEY)
    with ModelServer(reply) as server:
        config = EvaluationConfig(
            endpoint=ModelConfig(
                model="tiny-vlm",
                endpoint=server.url,
                api_key_variable="EVALUATION_TEST_KEY",
                concurrency=3,
                deadline_seconds=1.5,
                attempts=4,
                first_wait_seconds=0.01,
                longest_wait_seconds=0.02,
                input_price=2.0,
            ),
            workers=2,
        )
        with pytest.raises(EndpointDownError, match=r"failed 4 times.*status 503.*run again when"):
            run_evaluation(config, Home(own), DirectRunner(2), "")
        is_up = True
        asked_before = len(server.requests)
        result = run_evaluation(config, Home(own), DirectRunner(2), "")
        asked_again = len(server.requests) - asked_before
        assert run_evaluation(config, Home(own), DirectRunner(2), "")["run_id"] == result["run_id"]
        assert len(server.requests) == asked_before + asked_again
        assert server.most_at_once <= 3 and set(server.keys) == {f"Bearer {KEY}"}
        first = server.requests[0]
    assert asked_again < len(rows)
    assert (first["temperature"], first["max_tokens"], first["model"]) == (0.7, 4096, "tiny-vlm")
    texts = {content["text"] for content in first["messages"][0]["content"] if content["type"] == "text"}
    assert texts <= {row["instruction"].removeprefix("<image>") for row in rows.values()}
    kept = items_of(result)
    reasons = {way: kept[rows[picture]["sample_id"]]["reason"] for picture, way in ways.items()}
    for way, reason in reasons.items():
        expected = {"floods": "answer.too_long", "declines": "answer.empty"}
        assert reason == expected.get(way, ""), way
    right = len(rows) - 2
    assert result["metrics"]["execution"]["strict"] == pytest.approx(right / len(rows))
    assert (result["answers"]["declined"], result["answers"]["missing"]) == (1, 0)
    assert result["answers"]["cost"] == pytest.approx(len(rows) * 0.002)
    for path in own.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_a_judge_is_asked_once_for_each_picture_and_its_cost_is_noted(home: Path, tmp_path: Path) -> None:
    own = tmp_path / "home"
    shutil.copytree(home / "releases", own / "releases", symlinks=True)
    rows = {row["image"]["bytes"]: row for row in rows_of(home)}
    pictures = [picture for picture, row in rows.items() if row["domain"] == "chart"]
    verdicts = dict(
        zip(pictures, ("types: 20 - all\nScore: 85", "none", "Score: 85 of 100", "Score: 900"), strict=False)
    )
    answers = {row["sample_id"]: fenced(row) for row in rows.values()}
    failed = rows[pictures[-1]]["sample_id"]
    answers[failed] = ""
    path = write_answers(tmp_path / "answers.jsonl", answers)

    def reply(picture: bytes, before: int) -> Reply:
        return Reply("Score: 70" if before else verdicts[picture])

    with ModelServer(reply) as server:
        judge = {"model": "j", "endpoint": server.url, "rubrics": ["chartmimic"], "output_price": 1.0}
        (tmp_path / "judge.yaml").write_text(json.dumps(judge))
        command = ["evaluate", "--answers", str(path), "--home", str(own), "--json"]
        plain = CliRunner().invoke(app, command)
        done = CliRunner().invoke(app, [*command, "--judge", str(tmp_path / "judge.yaml")])
        assert done.exit_code == 0, done.output
        asked = len(server.requests)
        again = CliRunner().invoke(app, [*command, "--judge", str(tmp_path / "judge.yaml")])
        assert len(server.requests) == asked
        shown = [part["type"] for part in server.requests[0]["messages"][0]["content"]]
        assert shown == ["image_url", "image_url", "text"] and server.requests[0]["temperature"] == 0
    result = json.loads(done.output.strip().splitlines()[-1])
    assert json.loads(again.output.strip().splitlines()[-1])["run_id"] == result["run_id"]
    unjudged = json.loads(plain.output.strip().splitlines()[-1])
    assert unjudged["run_id"] != result["run_id"] and "judge_chartmimic" not in unjudged["metrics"]
    expected = {
        rows[picture]["sample_id"]: 85.0 if "85" in verdict else 70.0 for picture, verdict in verdicts.items()
    }
    expected[failed] = 0.0
    kept = items_of(result)
    scores = {name: row["judge_chartmimic_strict"] for name, row in kept.items() if row["domain"] == "chart"}
    assert scores == expected
    assert asked == len(pictures) - 1 + sum(
        "85" not in verdict for picture, verdict in verdicts.items() if picture != pictures[-1]
    )
    assert result["judge"]["scored"] == {"judge_chartmimic": len(pictures)}
    assert (result["judge"]["tokens_out"], result["judge"]["cost"]) == (
        50 * asked,
        pytest.approx(asked * 5e-5),
    )
    assert all(row["judge_chartmimic_strict"] is None for row in kept.values() if row["domain"] == "svg")
    assert "| judge_chartmimic |" in (Path(result["folder"]) / "report.md").read_text()
    runs = [unjudged["run_id"], result["run_id"], "--home", str(own), "--json"]
    compared = CliRunner().invoke(app, ["evaluate", "compare", *runs])
    assert "judge_chartmimic" not in json.loads(compared.output.strip().splitlines()[-1])["metrics"]


def test_what_cannot_be_asked_is_refused_with_the_way_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    judge = tmp_path / "judge.yaml"
    judge.write_text("{model: m, endpoint: 'http://127.0.0.1:1/v1', rubrics: [taste]}")
    nowhere = ["--endpoint", "http://127.0.0.1:1/v1"]
    for arguments, said in (
        ([], "give one of --answers"),
        (["--checkpoint", "tiny-random", "--answers", "a.jsonl"], "give one of --answers"),
        (nowhere, "belong together"),
        (["--answers", "a.jsonl", "--benchmark", "validation", "--benchmark", "sarena=."], "one benchmark"),
        (["--checkpoint", "run:none"], "no checkpoint is registered"),
        ([*nowhere, "--model", "m", "--api-key-variable", "NOT_SET_HERE"], "NOT_SET_HERE is not set"),
        (["--answers", "a.jsonl", "--judge", str(judge)], "known are chartmimic"),
    ):
        done = CliRunner().invoke(app, ["evaluate", *arguments, "--home", str(home)])
        assert done.exit_code != 0 and said in " ".join(done.output.replace("│", " ").split()), done.output
    (tmp_path / "level3").mkdir()
    task = {"GT image": "level3/a.png", "GT code": "level3/a.py", "instruction": "Draw the table."}
    (tmp_path / "level3.json").write_text(json.dumps([task]))
    (tmp_path / "level3/a.py").write_text("print('nothing')")
    command = ["evaluate", "--checkpoint", "tiny-random", "--benchmark", f"chart2code={tmp_path}"]
    done = CliRunner().invoke(app, [*command, "--home", str(home)])
    assert done.exit_code == 1 and "1 of level3" in done.output, done.output
