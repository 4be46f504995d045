"""Metrics are read as the trainers write them, once, and only whole lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vincicoder.train.metrics import LoggedMetric, MetricsFile, parse_metrics


@pytest.mark.parametrize(
    ("line", "metrics"),
    [
        (
            '{"loss": 1.5, "epoch": 0.125, "global_step/max_steps": "3/40", "elapsed_time": "1s"}',
            [LoggedMetric(3, "loss", 1.5), LoggedMetric(3, "epoch", 0.125)],
        ),
        (
            '{"step": 7, "data": {"critic/score/mean": 0.25, "done": true, "name": "x"}}',
            [LoggedMetric(7, "critic/score/mean", 0.25)],
        ),
        ('{"last_model_checkpoint": "/x", "log_history": []}', []),
        ("Train: 10%", []),
        ("[1, 2]", []),
    ],
)
def test_lines(line: str, metrics: list[LoggedMetric]) -> None:
    assert list(parse_metrics(line.encode())) == metrics


def test_a_growing_file_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "logging.jsonl"
    file = MetricsFile(path)
    assert file.read_new() == []
    first, second = (json.dumps({"loss": loss, "global_step/max_steps": f"{loss}/9"}) for loss in (1, 2))
    path.write_text(first + "\n" + second[:10])
    assert file.read_new() == [LoggedMetric(1, "loss", 1.0)]
    assert file.read_new() == []
    path.write_text(first + "\n" + second + "\n")
    assert file.read_new() == [LoggedMetric(2, "loss", 2.0)]
