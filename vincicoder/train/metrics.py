"""Reads the metrics that trainers write while they run: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of one step, by the trainer's own name."""

    step: int
    name: str
    value: float


class GrowingFile:
    """A file that another process appends to; a line is read once, when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read_lines(self) -> list[bytes]:
        """Return the lines written since the last call. A file that is not there yet has none."""
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._offset)
                data = stream.read()
        except FileNotFoundError:
            return []
        whole, _, _ = data.rpartition(b"\n")
        self._offset += len(whole) + 1 if whole else 0
        return whole.splitlines()


class MetricsFile:
    """Follows the numbers that a trainer writes to a file."""

    def __init__(self, path: Path) -> None:
        self._file = GrowingFile(path)

    def read_new(self) -> list[Metric]:
        """Return what has been written since the last call."""
        return [metric for line in self._file.read_lines() for metric in parse_metrics(line)]


def parse_metrics(line: bytes) -> Iterator[Metric]:
    """Yield the numbers of one line of ms-swift's `logging.jsonl` or of verl's file logger.

    ms-swift: `{"loss": 1.2, ..., "global_step/max_steps": "3/100"}`. verl: `{"step": 3, "data": {...}}`.
    Lines of another form (ms-swift ends with a summary) hold no metrics.
    """
    try:
        fields = json.loads(line)
    except ValueError:
        return
    if not isinstance(fields, dict):
        return
    if isinstance(fields.get("data"), dict) and isinstance(fields.get("step"), int):
        step, values = fields["step"], fields["data"]
    elif isinstance(fields.get("global_step/max_steps"), str):
        step, values = int(fields["global_step/max_steps"].partition("/")[0]), fields
    else:
        return
    for name, value in _numbers(values):
        yield Metric(step, name, value)


def _numbers(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)
