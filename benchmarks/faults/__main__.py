"""Faults of every kind over small builds; after each the release must be, byte for byte, the undisturbed one.

    python -m benchmarks.faults --minutes 8 --json faults.json

It kills only processes that it started. Seeded: the same seed plans the same faults, though when they hit
depends on how fast the machine is.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path

from benchmarks.faults.builds import Bench, Campaign, release_bytes
from benchmarks.faults.corpus import write_corpus
from benchmarks.faults.damage import (
    clock_set_back,
    damage_release,
    damage_stages,
    earlier_version,
    moved_home,
)
from benchmarks.faults.disks import beside_rl, full_disk, two_builds
from benchmarks.faults.kills import kill_after_interrupt, kill_build, kill_parts
from benchmarks.faults.prefect_runs import kill_prefect, kill_prefect_worker
from benchmarks.faults.trainer import kill_trainer
from vincicoder.render.sandbox.kernel import adopt_orphans

Fault = Callable[[Bench, Path], None]

FAULTS: tuple[Fault, ...] = (
    *(kill_build, damage_stages, kill_parts, full_disk, kill_after_interrupt, damage_release, kill_parts),
    *(two_builds, kill_build, damage_stages, beside_rl, kill_parts, clock_set_back, kill_prefect),
    *(damage_release, kill_parts, moved_home, kill_build, earlier_version, kill_parts, kill_prefect_worker),
    *((kill_trainer,) if find_spec("swift") else ()),  # where ms-swift is installed
)
_BY_NAME = {fault.__name__: fault for fault in FAULTS}


def run(
    folder: Path,
    minutes: float,
    seed: int,
    faults: tuple[Fault, ...],
    rounds: int | None,
    on_round: Callable[[Campaign], None],
) -> Campaign:
    """Run faults in turn until the time or the rounds are over; a round that has begun is finished."""
    adopt_orphans()
    deadline = time.monotonic() + 60 * minutes
    campaign = Campaign()
    bench = Bench(folder, write_corpus(folder), random.Random(seed), campaign)
    reference = folder / "undisturbed"
    started = time.monotonic()
    bench.finish(reference)
    bench.build_seconds = time.monotonic() - started
    if campaign.problems:
        raise RuntimeError(f"the undisturbed build failed: {campaign.problems}")
    (folder / "reference").mkdir()
    (reference / "releases/sft/current").resolve().rename(folder / "reference/current")
    bench.reference = release_bytes(folder / "reference/current")
    shutil.rmtree(reference)
    for number, fault in enumerate(cycle(faults)):
        if time.monotonic() >= deadline or number == rounds:
            break
        home = folder / f"home-{number:03d}"
        known = len(campaign.problems)
        fault(bench, home)
        bench.check(home)
        campaign.rounds += 1
        campaign.rounds_by_fault[fault.__name__] = campaign.rounds_by_fault.get(fault.__name__, 0) + 1
        print(
            f"{number} {fault.__name__}: {campaign.kills} kills, {campaign.problems[known:] or 'as it was'}",
            flush=True,
        )
        on_round(campaign)
        if len(campaign.problems) == known:
            shutil.rmtree(home, ignore_errors=True)
    return campaign


def main() -> None:
    parser = argparse.ArgumentParser(description="faults over small builds, and the release that comes after")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--json", type=Path, help="write what was seen to this file")
    parser.add_argument("--rounds", type=int, help="end after so many faults, whatever time is left")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--fault", action="append", choices=sorted(_BY_NAME), help="only this one; repeatable"
    )
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    options = parser.parse_args()

    def write(seen: Campaign) -> None:
        if options.json:
            options.json.write_text(json.dumps(seen.as_json(), indent=1) + "\n", encoding="utf-8")

    chosen = tuple(_BY_NAME[name] for name in options.fault) if options.fault else FAULTS
    with tempfile.TemporaryDirectory(prefix="vincicoder-faults-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        campaign = run(folder, options.minutes, options.seed, chosen, options.rounds, write)
    write(campaign)
    print(json.dumps(campaign.as_json(), indent=1))
    faulty = (
        campaign.lost or campaign.wrong or campaign.orphans or campaign.false_rejects or campaign.problems
    )
    raise SystemExit(1 if faulty or campaign.corrupt_found < campaign.corrupt_planted else 0)


if __name__ == "__main__":
    main()
