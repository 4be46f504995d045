"""What a build logs: every stage's start and end where they are wanted, and time left where it takes long."""

from __future__ import annotations

import contextlib
import logging
import os
import pty
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from flows.progress import BuildClock, StageProgress, clock, lines
from flows.progress.lines import Lines
from storage.outputs import StageOutput
from tests.imports import ROOT


def output(shard: int, rows_in: int, kept: int) -> StageOutput:
    """A finished shard of the stage `clean`."""
    return StageOutput("clean", f"{shard}", "own", shard, rows_in, kept, rows_in - kept, 0.1, 1, (), {}, {})


class Percents:
    """Notes how much of the build is done, and fails at the end of each stage."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def begin(self, stage: StageProgress) -> None:
        self.seen.append(stage.percent)

    def advance(self, stage: StageProgress, output: StageOutput) -> None:
        self.seen.append(stage.percent)

    def end(self, stage: StageProgress) -> None:
        raise ConnectionError("nobody listens")


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
    percents = Percents()
    with caplog.at_level(logging.INFO, "vincicoder"):
        run_stages(BuildClock([Lines(every_stage=True), percents]))
    assert lines_of(caplog) == [
        "progress is not shown: ConnectionError: nobody listens",
        "clean starts: 3 shards, 30 rows",
        "clean ends: 3/3 shards, 30/30 rows, 27 kept, 3 rejected, S s",
        "dedup starts: 2 shards, 27 rows",
        "dedup ends: 2/2 shards, 27/27 rows, 23 kept, 4 rejected, S s",
    ]
    assert percents.seen == [1.0, 1.0, 3.0, 5.0, 7.0, 7.0]


def test_a_stage_that_takes_long_says_how_long_it_still_takes(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    class Ticking(Percents):
        def advance(self, stage: StageProgress, output: StageOutput) -> None:
            now[0] += 20

    for module in (clock, lines):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with caplog.at_level(logging.INFO, "vincicoder"):
        run_stages(BuildClock([Ticking(), Lines()]))
    assert [line for line in lines_of(caplog) if line.startswith("clean")] == [
        "clean own 0000: 8 kept, 2 rejected; 1/3 shards, 10/30 rows, 0.5 rows/s, 0:40 left",
        "clean own 0001: 9 kept, 1 rejected; 2/3 shards, 20/30 rows, 0.5 rows/s, 0:20 left; "
        "the build about 5%, 12:40 left",
        "clean ends: 3/3 shards, 30/30 rows, 27 kept, 3 rejected, S s",
    ]


def test_a_build_that_finds_all_done_says_nothing_of_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "vincicoder"):
        run_stages(BuildClock([Lines()]))
    assert lines_of(caplog) == []


_ON_A_TERMINAL = """
import logging, sys
from flows.progress import BuildClock
from flows.progress.bars import live_bars, terminal
from tests.flows.test_progress import run_stages
logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
assert terminal()
with live_bars() as bars:
    logging.warning("a warning between bars")
    run_stages(BuildClock([bars]))
logging.warning("a warning after them")
"""


def test_a_terminal_shows_a_bar_for_each_stage_and_for_the_build() -> None:
    reader, writer = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "110", "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", _ON_A_TERMINAL], stdin=writer, stdout=writer, stderr=writer, env=environment
    )
    os.close(writer)
    written = b""
    with contextlib.suppress(OSError):  # how a terminal says that its last writer has gone
        while piece := os.read(reader, 4096):
            written += piece
    os.close(reader)
    assert child.wait() == 0, written.decode()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode()).replace("\r", "\n")
    last = shown[shown.rindex(" build") :]
    assert re.search(r"build .* 9%, about \d+:\d\d left", last)
    assert re.search(r"clean .* 27 kept, 3 rejected, [0-9.]+ rows/s ", last)
    assert re.search(r"dedup .* 23 kept, 4 rejected, [0-9.]+ rows/s ", last)
    assert "index_benchmark" not in shown
    assert [line for line in shown.splitlines() if line.startswith("a warning")] == [
        "a warning between bars",
        "a warning after them",
    ]
