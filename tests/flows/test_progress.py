"""What a build logs: every stage's start and end where they are wanted, and time left where it takes long."""

from __future__ import annotations

import logging
import re
from types import SimpleNamespace

import pytest

import flows.progress
from flows.progress import BuildClock
from storage.outputs import StageOutput


def output(shard: int, rows_in: int, kept: int) -> StageOutput:
    """A finished shard of the stage `clean`."""
    return StageOutput("clean", f"{shard}", "own", shard, rows_in, kept, rows_in - kept, 0.1, 1, (), {}, {})


def run_stages(clock: BuildClock) -> None:
    with clock.stage("index_benchmark", 0, None):
        pass
    with clock.stage("clean", 3, 30) as done:
        for shard in range(3):
            done.finished(output(shard, 10, 8 + shard))
    with clock.stage("dedup", 2, 27) as done:
        done.all_finished([output(0, 13, 13), output(1, 14, 10)])


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [re.sub(r"\d+\.\d s$", "S s", record.getMessage()) for record in caplog.records]


def test_each_stage_with_shards_says_when_it_starts_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    percents: list[float] = []
    with caplog.at_level(logging.INFO, "vincicoder"):
        run_stages(BuildClock(percents.append, every_stage=True))
    assert lines_of(caplog) == [
        "clean starts: 3 shards, 30 rows",
        "clean ends: 3/3 shards, 30/30 rows, 27 kept, 3 rejected, S s",
        "dedup starts: 2 shards, 27 rows",
        "dedup ends: 2/2 shards, 27/27 rows, 23 kept, 4 rejected, S s",
    ]
    assert percents == sorted(percents) and percents[-1] == 9.0


def test_a_stage_that_takes_long_says_how_long_it_still_takes(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 10_000, 10))
    monkeypatch.setattr(flows.progress, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    with caplog.at_level(logging.INFO, "vincicoder"):
        run_stages(BuildClock())
    assert [line for line in lines_of(caplog) if line.startswith("clean")] == [
        "clean own 0000: 8 kept, 2 rejected; 1/3 shards, 10/30 rows, 0.5 rows/s, 0:40 left",
        "clean own 0001: 9 kept, 1 rejected; 2/3 shards, 20/30 rows, 0.5 rows/s, 0:20 left",
        "clean ends: 3/3 shards, 30/30 rows, 27 kept, 3 rejected, S s",
    ]


def test_a_build_that_finds_all_done_says_nothing_of_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "vincicoder"):
        run_stages(BuildClock())
    assert lines_of(caplog) == []
