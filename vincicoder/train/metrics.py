"""Reads the metrics that trainers write while they run: one JSON object a line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

_LONGEST_LINE = 4 << 20
_LAST_STEP = 2**63 - 1  # what a database's BIGINT holds


@dataclass(frozen=True, slots=True)
class LoggedMetric:
    """One number of one step, by the trainer's own name."""

    step: int
    name: str
    value: float


class GrowingFile:
    """A file that another process appends to; a line is read once, when it is whole.

    One line at a time is in memory. A line of over 4 MiB is passed over: no trainer writes such.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._in_long_line = False

    def read_lines(self) -> Iterator[bytes]:
        """Yield the lines written since the last call, without their ends. A file not there yet has none.

        A line counts as read when the next one is asked for: one over which the caller raised comes again.
        """
        try:
            stream = self._path.open("rb")
        except FileNotFoundError:
            return
        with stream:
            stream.seek(self._offset)
            while data := stream.readline(_LONGEST_LINE):
                whole = data.endswith(b"\n")
                if not whole and len(data) < _LONGEST_LINE:
                    if self._in_long_line:
                        self._offset = stream.tell()
                    return
                if whole and not self._in_long_line:
                    yield data.rstrip(b"\r\n")
                self._in_long_line = not whole
                self._offset = stream.tell()


class MetricsFile:
    """Follows the numbers that a trainer writes to a file."""

    def __init__(self, path: Path) -> None:
        self._file = GrowingFile(path)

    def read_new(self) -> list[LoggedMetric]:
        """Return what has been written since the last call."""
        return [metric for line in self._file.read_lines() for metric in parse_metrics(line)]


def parse_metrics(line: bytes) -> Iterator[LoggedMetric]:
    """Yield the numbers of one line of ms-swift's `logging.jsonl` or of verl's file logger.

    ms-swift: `{"loss": 1.2, ..., "global_step/max_steps": "3/100"}`. verl: `{"step": 3, "data": {...}}`.
    Lines of another form (ms-swift ends with a summary), and steps and names that are none, hold no metrics.
    """
    try:
        fields = json.loads(line)
    except ValueError:
        return
    if not isinstance(fields, dict):
        return
    if isinstance(fields.get("data"), dict):
        step, values = fields.get("step"), fields["data"]
    else:
        done = str(fields.get("global_step/max_steps")).partition("/")[0]
        step, values = int(done) if done.isascii() and done.isdigit() and len(done) < 20 else None, fields
    if not is_step(step):
        return
    for name, value in numbers(values):
        yield LoggedMetric(step, name, value)


def is_step(value: object) -> TypeGuard[int]:
    """Whether a value from a file is a step: an integer from 0 that fits in 64 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST_STEP


def numbers(values: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the values that are numbers and can be kept: no truth values, nothing beyond a double, no name
    that is no text."""
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            with contextlib.suppress(OverflowError, UnicodeEncodeError):
                name.encode()
                yield name, float(value)
