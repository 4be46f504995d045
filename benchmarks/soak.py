"""Many mixed renders, workers, browsers and the engine's own process killed at random.

    python -m benchmarks.soak --renders 10000 --kill-every 200 --parent-kills 5 --json soak.json

Says whether memory stays flat, whether a process, zombie, open file, socket or temporary file is left,
whether kills cost samples, and whether every sample looked the same each time.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from vincicoder.render.processes import descendants, kill_descendants
from vincicoder.render.sandbox.kernel import adopt_orphans

_GONE_SECONDS = 20.0
"""How long what a killed engine leaves may take to notice and end."""


@dataclass(slots=True)
class Soak:
    """What was seen. Counts of things left are to be 0, `memory_growth_mb_per_1000` near 0."""

    renders: int = 0
    samples: int = 0
    worker_kills: int = 0
    parent_kills: int = 0
    failed: int = 0  # results that are our fault
    lost_to_kills: int = 0  # renders rejected of samples that were drawn at other times
    unstable_pixels: int = 0  # samples with more than one picture
    processes_left: int = 0
    temporary_files_left: int = 0
    socket_files_left: int = 0  # may count those of other programs that began meanwhile
    most_zombies: int = 0
    most_open_files: int = 0
    most_memory_mb: int = 0
    memory_growth_mb_per_1000: float = 0.0  # of the engine's own process, slope of the longest run
    tree_growth_mb_per_1000: float = 0.0  # of all processes together
    seconds: float = 0.0
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)  # of unstable samples only


def _temporary() -> set[str]:
    folders = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/dev/shm")}
    return {str(path) for folder in folders for path in folder.glob("vincicoder-render-*")}


def _socket_files() -> int:
    """Count the sockets with a place in the file system that processes on this machine hold."""
    return sum(
        len(fields) > 7 and not fields[7].startswith("@")
        for fields in map(str.split, Path("/proc/net/unix").read_text().splitlines()[1:])
    )


def _what_is_left() -> int:
    """Wait for everything below this process to end; return how many do not, and end them."""
    deadline = time.monotonic() + _GONE_SECONDS
    while time.monotonic() < deadline:
        _reap()
        if not descendants(os.getpid()):
            return 0
        time.sleep(0.1)
    left = len(descendants(os.getpid()))
    kill_descendants(os.getpid())
    return left


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def _slope(looks: list[dict[str, Any]], key: str) -> float:
    """Return the growth in MB over 1,000 renders, by least squares, the warm-up left out."""
    settled = looks[len(looks) // 4 :]
    if len(settled) < 3:
        return 0.0
    line = statistics.linear_regression([look["done"] for look in settled], [look[key] for look in settled])
    return round(line.slope * 1000, 2)


def run(options: argparse.Namespace) -> Soak:
    """Drive one engine after the other until all renders are done."""
    soak, started = Soak(), time.monotonic()
    before, sockets_before = _temporary(), _socket_files()
    outcomes: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    longest: list[dict[str, Any]] = []
    shares = options.parent_kills + 1
    for turn in range(shares):
        goal = options.renders // shares + (options.renders % shares if turn == shares - 1 else 0)
        is_last = turn == shares - 1
        settings = {
            "first": soak.renders,
            "renders": goal if is_last else goal * 2,  # more than it will live to do
            "languages": options.languages,
            "kill_every": options.kill_every,
            "look_every": options.look_every,
            "workers": options.workers,
        }
        driver = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.soak_driver", json.dumps(settings)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert driver.stdout is not None
        looks: list[dict[str, Any]] = []
        done = 0
        for line in driver.stdout:
            event = json.loads(line)
            if "outcome" in event:
                done += 1
                soak.failed += event["outcome"].startswith("failed: ")
                outcomes[event["name"]][event["outcome"]] += 1
                if not is_last and done >= goal:
                    break
            elif "killed" in event:
                soak.worker_kills += bool(event["killed"])
            elif "memory_mb" in event:
                looks.append(event)
                soak.most_zombies = max(soak.most_zombies, event["zombies"])
                soak.most_open_files = max(soak.most_open_files, event["open_files"])
                soak.most_memory_mb = max(soak.most_memory_mb, event["memory_mb"])
                print(f"{soak.renders + event['done']} renders: {event}", flush=True)
            elif "finished" in event:
                soak.processes_left += event["left"]
        if not is_last:
            driver.kill()
            soak.parent_kills += 1
        driver.stdout.close()
        driver.wait()
        soak.renders += done
        soak.processes_left += _what_is_left()
        longest = max(longest, looks, key=len)
    soak.temporary_files_left = len(_temporary() - before)
    soak.socket_files_left = max(_socket_files() - sockets_before, 0)
    soak.memory_growth_mb_per_1000 = _slope(longest, "own_memory_mb")
    soak.tree_growth_mb_per_1000 = _slope(longest, "memory_mb")
    soak.samples = len(outcomes)
    for name, counted in sorted(outcomes.items()):
        pictures = [outcome for outcome in counted if len(outcome) == 64]
        soak.unstable_pixels += len(pictures) > 1
        if pictures:
            soak.lost_to_kills += sum(counted.values()) - sum(counted[picture] for picture in pictures)
        if len(counted) > 1:
            soak.outcomes[name] = dict(counted)
    soak.seconds = round(time.monotonic() - started, 1)
    return soak


def main() -> None:
    """Run, print what was seen, write it as JSON; exit with 1 where something was left or lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--renders", type=int, default=10_000)
    parser.add_argument("--kill-every", type=int, default=200, help="kill a process after so many renders")
    parser.add_argument("--parent-kills", type=int, default=5, help="how often to kill the engine's process")
    parser.add_argument("--look-every", type=int, default=100, help="measure after so many renders")
    parser.add_argument("--workers", type=int, help="default: one per CPU")
    parser.add_argument("--languages", nargs="+", default=[], help="default: all that work here")
    parser.add_argument("--json", type=Path, help="file to write what was seen to")
    options = parser.parse_args()
    adopt_orphans()  # what a killed engine leaves comes to us, where it is seen
    soak = run(options)
    figures = asdict(soak)
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    left = soak.processes_left + soak.temporary_files_left
    sys.exit(1 if left or soak.unstable_pixels else 0)


if __name__ == "__main__":
    main()
