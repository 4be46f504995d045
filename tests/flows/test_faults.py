"""A short campaign of faults: outputs of a finished build are damaged, and the release stays the same."""

from __future__ import annotations

from pathlib import Path

from benchmarks.faults.__main__ import run
from benchmarks.faults.damage import damage_stages


def test_damaged_builds_give_the_same_release(tmp_path: Path) -> None:
    campaign = run(tmp_path, minutes=10, seed=3, faults=(damage_stages,), rounds=1)
    assert campaign.problems == []
    assert (campaign.lost, campaign.wrong, campaign.orphans, campaign.false_rejects) == (0, 0, 0, 0)
    assert campaign.corrupt_found == campaign.corrupt_planted == 3
    assert set(campaign.rounds_by_fault) == {"damage_stages"}
