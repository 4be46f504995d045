"""The benchmark for GPUs, rehearsed on the CPU: its parts' figures, a part that fails, one that hangs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import benchmarks.gpu.__main__ as gpu
from benchmarks.gpu.data import write_data
from benchmarks.gpu.settings import FULL, PARTS

pytestmark = [pytest.mark.slow, pytest.mark.tools]


@pytest.fixture(scope="session")
def rows(released_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gpu") / "data"
    write_data(released_home, folder, workers=1)
    return folder


def run(tmp_path: Path, data: Path, parts: str, *more: str) -> tuple[int, dict[str, Any]]:
    target = tmp_path / "gpu.json"
    arguments = ["--cpu-rehearsal", "--data", str(data), "--parts", parts, "--json", str(target), *more]
    status = gpu.main(arguments)
    report: dict[str, Any] = json.loads(target.read_text())
    return status, report


def test_the_reward_runs_and_what_fails_beside_it_stops_nothing(tmp_path: Path, rows: Path) -> None:
    """GRPO fails: the home of these rows has no RL release."""
    status, report = run(tmp_path, rows, "grpo,reward")
    parts = report["parts"]
    assert (status, report["ran_on"], list(parts)) == (1, "cpu", ["machine", "grpo", "reward"])
    assert parts["machine"]["ok"] and parts["machine"]["versions"]["torch"]
    assert not parts["grpo"]["ok"]
    assert "has no RL rows" in parts["grpo"]["error"]
    found = parts["reward"]
    assert found["ok"], found
    assert (found["scored"], found["failed"]) == (found["responses"], 0)
    assert found["languages_drawn"] == ["svg"]
    assert found["speed_ratio"] > 0


def test_a_part_that_hangs_is_ended_and_keeps_what_it_found(tmp_path: Path, rows: Path) -> None:
    status, report = run(tmp_path, rows, "encoder", "--seconds", "6")
    found = report["parts"]["encoder"]
    assert (status, found["ok"], found["error"]) == (1, False, "not done in its 6 seconds")
    assert found["seconds"] < 6 + 15


def test_the_whole_takes_under_eight_minutes() -> None:
    assert set(FULL.seconds) == {"machine", *PARTS}
    assert sum(FULL.seconds.values()) < 8 * 60


def test_an_unknown_part_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        gpu.main(["--cpu-rehearsal", "--parts", "encode", "--json", "x"])
    assert "received the part 'encode'; there are encoder, reward, sft" in capsys.readouterr().err
