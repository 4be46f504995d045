"""Answers become curves by split and domain, as they come; what a resume samples again is forgotten."""

from __future__ import annotations

from pathlib import Path

from vincicoder.train.metrics import LoggedMetric
from vincicoder.train.rollouts import (
    PromptRow,
    Rollout,
    RolloutCurves,
    RolloutFiles,
    Split,
    forget_after,
    rollout_line,
)


def answer(step: int, domain: str, score: float, split: Split = "train") -> Rollout:
    row = PromptRow("id", domain, "svg", "00ff")
    return Rollout(split, step, row, "```svg\n<svg/>\n```", {"score": score, "rendered": float(score > 0)})


def write(path: Path, *answers: Rollout) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as stream:
        stream.write("".join(map(rollout_line, answers)))


def files_of(run: Path) -> RolloutFiles:
    return RolloutFiles(run, list)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    answers = [answer(1, "chart", 0.5), answer(1, "svg", 0.25, "validation")]
    write(tmp_path / "rollouts/rank-0.jsonl", *answers)
    assert list(files_of(tmp_path).read()) == answers


def test_the_means_of_a_step_follow_all_processes_as_they_write(tmp_path: Path) -> None:
    curves = RolloutCurves(files_of(tmp_path))
    assert curves.read_new() == []
    write(tmp_path / "rollouts/rank-0.jsonl", answer(1, "chart", 0.5), answer(1, "svg", 0.0))
    assert curves.read_new() == [
        LoggedMetric(1, "train/rendered", 0.5),
        LoggedMetric(1, "train/rendered/chart", 1.0),
        LoggedMetric(1, "train/rendered/svg", 0.0),
        LoggedMetric(1, "train/score", 0.25),
        LoggedMetric(1, "train/score/chart", 0.5),
        LoggedMetric(1, "train/score/svg", 0.0),
    ]
    write(tmp_path / "rollouts/rank-1.jsonl", answer(1, "svg", 1.0))
    assert curves.read_new() == [
        LoggedMetric(1, "train/rendered", 2 / 3),
        LoggedMetric(1, "train/rendered/svg", 0.5),
        LoggedMetric(1, "train/score", 0.5),
        LoggedMetric(1, "train/score/svg", 0.5),
    ]
    write(tmp_path / "rollouts/rank-0.jsonl", answer(1, "svg", 0.75, "validation"))
    assert [metric.name for metric in curves.read_new()][-1] == "validation/score/svg"


def test_a_resume_forgets_later_steps_and_a_line_that_a_kill_cut_off(tmp_path: Path) -> None:
    ours = tmp_path / "rollouts/rank-0.jsonl"
    write(ours, answer(1, "svg", 0.1), answer(2, "svg", 0.2), answer(3, "svg", 0.3))
    with ours.open("a") as stream:
        stream.write('{"split": "train", "st')
    for step in (2, 3):
        (tmp_path / f"rollouts/{step}.jsonl").write_text("")
    forget_after(tmp_path, 2)
    assert [rollout.step for rollout in files_of(tmp_path).read()] == [1, 2]
    assert sorted(path.name for path in ours.parent.iterdir()) == ["2.jsonl", "rank-0.jsonl"]
    aside = tmp_path / "superseded/rollouts"
    assert sorted(path.name for path in aside.iterdir()) == ["3.jsonl", "rank-0.later"]
    assert '"step": 3' in (aside / "rank-0.later").read_text()


def test_a_resume_leaves_foreign_lines_where_they_are(tmp_path: Path) -> None:
    ours = tmp_path / "rollouts/rank-0.jsonl"
    write(ours, answer(1, "svg", 0.1))
    before = ours.read_text() + 'nonsense\n[]\n{"step": "x"}\n'
    ours.write_text(before)
    forget_after(tmp_path, 2)
    assert ours.read_text() == before
