"""The whole build against that of another commit: wall and CPU time, by stage, in one run.

    python -m benchmarks.build --against COMMIT --json build.json

The other commit is checked out beside this one and uses the same environment, so only our own code differs.
Both build the same profile in turn, each time in a home of its own; then each home is built once more, where
everything is found done. Ratios are the other commit's time over this one's, medians of the rounds. CPU time
counts every process that the build started and ignores what else the machine does; wall time does not. It
is counted by a control group, which only root may make.

Figures of the profile `packages-full` need `--profile packages-full --rounds 1` and hours.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.control_group import ControlGroup

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class BuildTimes:
    """One build. Seconds of wall time and of CPU time, of all its processes; wall seconds by stage; the rows
    that were collected, and those of the release. `unchanged_*` are of the same build run again."""

    wall: float
    cpu: float
    stages: dict[str, float]
    collected: int
    released: int
    unchanged_wall: float
    unchanged_cpu: float


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """Yield the folder of a second checkout, which is removed afterwards. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory(prefix="vincicoder-build-") as folder:
        place = Path(folder, "checkout")
        git = ["git", "-C", str(_ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(place), commit], check=True)
        try:
            yield place
        finally:
            subprocess.run([*git, "remove", "--force", str(place)], check=True)


def build(code: Path, options: Sequence[str]) -> BuildTimes:
    """Build twice with the code of one checkout, in a home that is removed afterwards.

    Raises RuntimeError, with the end of what was printed, where a build fails.
    """
    home = tempfile.mkdtemp(prefix="vincicoder-build-home-")
    try:
        wall, cpu, result = _run(code, home, options)
        unchanged_wall, unchanged_cpu, _ = _run(code, home, options)
    finally:
        shutil.rmtree(home)
    return BuildTimes(
        wall=wall,
        cpu=cpu,
        stages={name: round(seconds, 2) for name, seconds in result["stage_seconds"].items()},
        collected=result["collected"],
        released=result["kept"] + result["made"],
        unchanged_wall=unchanged_wall,
        unchanged_cpu=unchanged_cpu,
    )


def _run(code: Path, home: str, options: Sequence[str]) -> tuple[float, float, dict[str, Any]]:
    command = [sys.executable, "-m", "flows.cli", "build", "sft", "--home", home, "--json", *options]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    group = ControlGroup()
    try:
        wall = time.monotonic()
        with group.starting():
            done = subprocess.run(
                command, cwd=code, env=environment, capture_output=True, text=True, check=False
            )
        wall = time.monotonic() - wall
        cpu = group.cpu_seconds()
    finally:
        group.remove()
    if done.returncode:
        raise RuntimeError(f"the build of {code} ended with {done.returncode}: {done.stderr[-2000:]}")
    return round(wall, 2), round(cpu, 2), json.loads(done.stdout.splitlines()[-1])


def summarize(ours: Sequence[BuildTimes], theirs: Sequence[BuildTimes]) -> dict[str, Any]:
    """Return ratios of medians, theirs over ours: above 1 this code is faster."""

    def ratio(values: Sequence[float], others: Sequence[float]) -> float | None:
        return round(median(others) / median(values), 2) if median(values) else None

    def of(name: str) -> float | None:
        return ratio([getattr(one, name) for one in ours], [getattr(one, name) for one in theirs])

    shared = [name for name in ours[0].stages if name in theirs[0].stages]
    stages = {
        name: {
            "seconds": median(one.stages[name] for one in ours),
            "against_seconds": median(one.stages[name] for one in theirs),
            "ratio_wall": ratio([one.stages[name] for one in ours], [one.stages[name] for one in theirs]),
        }
        for name in shared
    }
    return {
        "ratio_wall": of("wall"),
        "ratio_cpu": of("cpu"),
        "ratio_unchanged_wall": of("unchanged_wall"),
        "ratio_unchanged_cpu": of("unchanged_cpu"),
        "stages": stages,
        "ours": [asdict(one) for one in ours],
        "against": [asdict(one) for one in theirs],
    }


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a table."""
    lines = [f"{'stage':16} {'against':>9} {'ours':>9} {'ratio':>6}"]
    for name, stage in figures["stages"].items():
        shown = "" if stage["ratio_wall"] is None else f"{stage['ratio_wall']:.2f}"
        lines.append(f"{name:16} {stage['against_seconds']:9.2f} {stage['seconds']:9.2f} {shown:>6}")
    for label, name in (("wall", "wall"), ("CPU", "cpu"), ("again, wall", "unchanged_wall")):
        against, ours = (median(one[name] for one in figures[side]) for side in ("against", "ours"))
        lines.append(f"{label:16} {against:9.2f} {ours:9.2f} {figures['ratio_' + name]:6.2f}")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--against", required=True, metavar="COMMIT")
    parser.add_argument("--profile", default="packages")
    parser.add_argument("--limit", type=int, metavar="ROWS")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    options = ["--profile", arguments.profile]
    options += [] if arguments.limit is None else ["--limit", str(arguments.limit)]
    ours: list[BuildTimes] = []
    theirs: list[BuildTimes] = []
    with checkout(arguments.against) as other:
        for number in range(arguments.rounds):
            sides = [(_ROOT, ours), (other, theirs)]
            for code, times in sides if number % 2 == 0 else reversed(sides):
                times.append(build(code, options))
                print(f"{code.name}: {times[-1].wall:.1f} s, {times[-1].cpu:.1f} s of CPU", file=sys.stderr)
    figures = {"commit": arguments.against, "profile": arguments.profile, "limit": arguments.limit}
    figures |= summarize(ours, theirs)
    print(report(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
