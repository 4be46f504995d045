"""What a process tree has used, read while processes of it come and go."""

from __future__ import annotations

import os

import pytest

from vincicoder.render.processes import CpuMeter

_CPUS = len(os.sched_getaffinity(0))


def test_the_meter_counts_from_its_first_reading() -> None:
    meter = CpuMeter()
    assert meter.read(120.0, now=10.0) == 0
    assert meter.read(120.5, now=11.0) == pytest.approx(0.5)
    assert meter.read(121.25, now=12.0) == pytest.approx(1.25)


def test_a_process_missed_by_one_reading_is_no_new_work() -> None:
    """A renderer process of a browser that had used 60 s was being reaped at the second reading."""
    meter = CpuMeter()
    meter.read(100.0, now=1.0)
    assert meter.read(40.0, now=1.1) == 0
    assert meter.read(100.2, now=1.2) == pytest.approx(0.2, abs=0.02)


def test_a_process_missed_by_the_first_reading_counts_as_what_was_possible() -> None:
    meter = CpuMeter()
    meter.read(40.0, now=1.0)
    used = meter.read(100.0, now=1.05)
    assert used == pytest.approx(0.05 * _CPUS, abs=0.02)
    assert meter.read(100.3, now=1.5) == pytest.approx(used + 0.3)
