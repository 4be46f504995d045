"""The benchmark of the build: ratios of medians, the other commit's time over this one's."""

from __future__ import annotations

from benchmarks.build import BuildTimes, report, summarize


def times(wall: float, **stages: float) -> BuildTimes:
    return BuildTimes(wall, 2 * wall, stages, 10, 12, wall / 10, wall / 5)


def test_ratios_are_of_medians_and_only_of_stages_that_both_have() -> None:
    ours = [times(10, render=4.0, new=1.0), times(30, render=4.0, new=1.0), times(11, render=6.0, new=1.0)]
    theirs = [times(22, render=8.0), times(21, render=8.0), times(99, render=8.0)]
    figures = summarize(ours, theirs)
    assert (figures["ratio_wall"], figures["ratio_cpu"]) == (2.0, 2.0)
    assert (figures["ratio_unchanged_wall"], figures["ratio_unchanged_cpu"]) == (2.0, 2.0)
    assert figures["stages"] == {"render": {"seconds": 4.0, "against_seconds": 8.0, "ratio_wall": 2.0}}
    assert "render                8.00      4.00   2.00" in report(figures)


def test_a_stage_that_took_no_time_has_no_ratio() -> None:
    figures = summarize([times(10, sign=0.0)], [times(10, sign=0.1)])
    assert figures["stages"]["sign"]["ratio_wall"] is None
    assert "sign" in report(figures)
