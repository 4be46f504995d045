"""What follows a training run never ends it, and loses nothing of what it could not hand on at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.train.checkpoint_files import make_checkpoint
from vincicoder.train.follow import Follower
from vincicoder.train.launch import Launch
from vincicoder.train.metrics import LoggedMetric, MetricsFile
from vincicoder.train.rollouts import PromptRow, RolloutCurves, RolloutFiles
from vincicoder.train.run import attempt

# Writes two numbers a third of a second apart, longer than a look takes to come.
_TRAINER = """
import json, sys, time
for step in (1, 2, 3):
    with open(sys.argv[1], "a") as stream:
        stream.write(json.dumps({"loss": step / 2, "global_step/max_steps": f"{step}/3"}) + "\\n")
    time.sleep(0.7)
"""


def line(step: object) -> str:
    return json.dumps({"loss": 1.0, "global_step/max_steps": f"{step}/9"}) + "\n"


class Keeper:
    """Fails so often, then takes what it gets."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.taken: list[LoggedMetric] = []

    def __call__(self, metrics: list[LoggedMetric]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken += metrics


@pytest.mark.tools  # writes a checkpoint as the trainers do
@pytest.mark.parametrize(
    "error", [OSError("the registry is held"), KeyError("terms"), ValueError("x"), ConnectionError("server")]
)
def test_a_keeper_that_fails_gets_everything_later_and_the_run_goes_on(
    tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    output = tmp_path / "output"
    make_checkpoint(output / "checkpoint-3", 3)
    metrics = tmp_path / "logging.jsonl"
    launch = Launch([sys.executable, "-c", _TRAINER, str(metrics)], {}, tmp_path, tmp_path / "log")
    failing, sound = Keeper(error, error), Keeper()
    outcome = attempt(launch, [MetricsFile(metrics)], output, failing, sound)
    wanted = [LoggedMetric(step, "loss", step / 2) for step in (1, 2, 3)]
    assert outcome.status == "finished"
    assert sorted(failing.taken, key=lambda metric: metric.step) == wanted
    assert sound.taken == wanted
    assert list(outcome.metrics) == wanted
    assert list(outcome.unwritten) == []
    assert f"keeping metrics (Keeper) failed ({type(error).__name__}" in caplog.text


@pytest.mark.tools
def test_what_a_keeper_never_took_is_in_the_outcome(tmp_path: Path) -> None:
    make_checkpoint(tmp_path / "output/checkpoint-3", 3)
    metrics = tmp_path / "logging.jsonl"
    metrics.write_text(line(1))
    keeper = Keeper(*[OSError("held")] * 1000)
    launch = Launch([sys.executable, "-c", ""], {}, tmp_path, tmp_path / "log")
    outcome = attempt(launch, [MetricsFile(metrics)], tmp_path / "output", keeper)
    assert (outcome.status, list(outcome.unwritten)) == ("finished", [LoggedMetric(1, "loss", 1.0)])


def test_one_sink_that_fails_holds_up_no_other_and_errors_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "logging.jsonl"
    path.write_text(line(1))
    failing, sound = Keeper(OSError("held")), Keeper()
    follower = Follower([MetricsFile(path)], [failing, sound])
    follower()
    assert (failing.taken, sound.taken) == ([], [LoggedMetric(1, "loss", 1.0)])
    follower.finish()
    assert failing.taken == [LoggedMetric(1, "loss", 1.0)]
    assert dict(follower.errors) == {"keeping metrics (Keeper)": 1}


@pytest.mark.parametrize("told", ["abc", "", "-1", "1e3", "9" * 30, "9" * 5000, "²", None])
def test_foreign_steps_are_no_metrics(tmp_path: Path, told: object) -> None:
    path = tmp_path / "logging.jsonl"
    path.write_text(
        line(told) + '{"step": true, "data": {"a": 1}}\n{"step": 1e3, "data": {"a": 1}}\n' + line(2)
    )
    assert MetricsFile(path).read_new() == [LoggedMetric(2, "loss", 1.0)]


def test_values_that_nothing_can_keep_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "logging.jsonl"
    path.write_text('{"step": 1, "data": {"a": 1%s, "\\ud800": 1, "b": 2}}\n' % ("0" * 400))
    assert MetricsFile(path).read_new() == [LoggedMetric(1, "b", 2.0)]


@pytest.mark.parametrize(
    "foreign",
    [
        "[]", "7", "null", "nonsense", "{}", '{"gts": ["x"]}', '{"gts": "x", "step": "y"}',
        '{"split": "train", "step": 1}', '{"split": "else", "step": 1, "terms": {"score": 1}}', "[" * 100_000,
    ],
)  # fmt: skip
def test_foreign_lines_among_answers_are_counted_and_passed_over(tmp_path: Path, foreign: str) -> None:
    good = '{"gts": "code", "step": 1, "output": "o", "score": 0.5}'
    folder = tmp_path / "validation"
    folder.mkdir()
    (folder / "1.jsonl").write_text(f"{foreign}\n{good}\n")
    files = RolloutFiles(tmp_path, lambda: [("code", PromptRow("id", "svg", "svg", "00"))])
    assert [rollout.terms for rollout in files.read()] == [{"score": 0.5}]
    assert files.foreign == 1


def test_answers_whose_release_can_not_be_read_for_a_while_come_later(tmp_path: Path) -> None:
    folder = tmp_path / "rollouts"
    folder.mkdir()
    (folder / "1.jsonl").write_text('{"gts": "code", "step": 1, "output": "o", "score": 0.5}\n')
    failures = [OSError("the disk is away")]

    def rows() -> list[tuple[str, PromptRow]]:
        if failures:
            raise failures.pop()
        return [("code", PromptRow("id", "svg", "svg", "00"))]

    keeper = Keeper()
    follower = Follower([RolloutCurves(RolloutFiles(tmp_path, rows))], [keeper])
    follower()
    assert keeper.taken == []
    follower()
    assert [metric.name for metric in keeper.taken] == ["train/score", "train/score/svg"]


def test_a_file_of_any_size_is_read_a_line_at_a_time(tmp_path: Path) -> None:
    """40 MB of answers, and 40 more in one line, take little memory."""
    import tracemalloc

    path = tmp_path / "logging.jsonl"
    with path.open("w") as stream:
        for step in range(400):
            stream.write(json.dumps({"step": step, "data": {"a": 1}, "text": "x" * 100_000}) + "\n")
        stream.write("y" * (40 << 20))
    file = MetricsFile(path)
    tracemalloc.start()
    try:
        count = len(file.read_new())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 400
    assert peak < 20 << 20
    with path.open("a") as stream:
        stream.write("\n" + line(401))
    assert file.read_new() == [LoggedMetric(401, "loss", 1.0)]


def test_a_sink_keeps_the_newest_value_of_each_step_alone(tmp_path: Path) -> None:
    values = iter([[LoggedMetric(1, "a", 1.0)], [LoggedMetric(1, "a", 2.0)], []])

    class Source:
        read_new: Callable[[], list[LoggedMetric]] = staticmethod(lambda: next(values))

    keeper = Keeper(OSError("held"))
    follower = Follower([Source()], [keeper])
    follower()
    follower.finish()
    assert keeper.taken == [LoggedMetric(1, "a", 2.0)]
