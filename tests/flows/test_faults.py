"""A short campaign of faults: outputs of a finished build are damaged, and the release stays the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.flows.server import ROOT


def test_damaged_builds_give_the_same_release(tmp_path: Path) -> None:
    """In a process of its own: a campaign adopts what its builds leave, and ends it."""
    seen = tmp_path / "seen.json"
    options = ["--fault", "damage_stages", "--rounds", "1", "--seed", "3", "--json", str(seen)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.faults", *options, "--keep", str(tmp_path / "campaign")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    campaign = json.loads(seen.read_text("utf-8"))
    assert campaign["problems"] == []
    counts = [campaign[name] for name in ("lost", "wrong", "orphans", "false_rejects")]
    assert counts == [0, 0, 0, 0]
    assert campaign["corrupt_found"] == campaign["corrupt_planted"] == 3
    assert campaign["rounds_by_fault"] == {"damage_stages": 1}
