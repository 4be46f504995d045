"""Disks that are full or read-only, as root and as an ordinary user, and several builds on one home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.faults.builds import ROOT, Bench, log_of, release_bytes, wait

# A file system of its own: too small, then read-only, then large enough. What is published is copied out.
_SCRIPT = """
mount -t tmpfs -o size={kilobytes}k tmpfs "$1" || exit 99
shift; home="$1"; out="$2"; shift 2
"$@"; echo "FULL $?"
mount -o remount,size=300m,ro "$home" && {{ "$@"; echo "READONLY $?"; }}
mount -o remount,size=300m,rw "$home" && {{ "$@"; echo "ROOM $?"; }}
cp -a "$home/." "$out/"
"""


def full_disk(bench: Bench, home: Path) -> None:
    """Fill a small file system, make it read-only, then give it room."""
    home.mkdir()
    out = home.with_name(f"{home.name}-out")
    out.mkdir()
    kilobytes = bench.chance.randint(100, 900)
    user = ["--map-root-user", "--user"] if os.getuid() or bench.chance.random() < 0.5 else []
    build = bench.command(home)
    script = _SCRIPT.format(kilobytes=kilobytes)
    command = ["unshare", *user, "--mount", "sh", "-c", script, "sh", str(home), str(home), str(out), *build]
    started = time.monotonic()
    process = bench.start(home, command=command)
    wait(process)
    said = log_of(home).read_text()
    if process.returncode == 99 or "unshare:" in said:
        bench.campaign.problems.append(f"{home}: no file system could be mounted: {said[-300:]}")
        return
    codes = dict(
        line.split() for line in said.splitlines() if line.startswith(("FULL ", "READONLY ", "ROOM "))
    )
    wanted = {"FULL": ("1",), "READONLY": ("1",), "ROOM": ("0",)}
    if any(codes.get(name) not in allowed for name, allowed in wanted.items()):
        bench.campaign.problems.append(f"{home}: {kilobytes} kB, exit statuses {codes}: {said[-600:]}")
    if "cannot be written" not in said or "Traceback" in said:
        bench.campaign.problems.append(f"{home}: a full disk is not reported in one message: {said[-600:]}")
    if time.monotonic() - started > 20 * bench.build_seconds:
        bench.campaign.problems.append(f"{home}: a full disk took {time.monotonic() - started:.0f} s")
    shutil.rmtree(home)
    out.rename(home)
    bench.gone(home)


def two_builds(bench: Bench, home: Path) -> None:
    """Start two builds of one home: one is refused, or waits for nothing and finds all done."""
    first, second = bench.start(home), bench.start(home)
    for process in (first, second):
        wait(process)
    codes = sorted((first.returncode, second.returncode))
    said = log_of(home).read_text()
    if codes not in ([0, 0], [0, 1]) or (codes == [0, 1] and "another build is using" not in said):
        bench.campaign.problems.append(f"{home}: two builds ended with {codes}: {said[-600:]}")
    bench.gone(home)
    bench.finish(home)


def beside_rl(bench: Bench, home: Path) -> None:
    """Choose RL sets, each anew, while builds of the same home go on and are killed."""
    bench.finish(home)
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "build",
        "rl",
        "--recipe",
        str(bench.config.with_name("few.yaml")),
    ]
    command += ["--home", str(home), "--json", "--release", (home / "releases/sft/current").resolve().name]
    other = bench.start(home, "--shard-rows", "3")
    for _ in range(2):
        shutil.rmtree(home / "releases/rl", ignore_errors=True)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            bench.campaign.problems.append(f"{home}: build rl beside a build: {done.stderr[-600:]}")
            continue
        release = Path(json.loads(done.stdout.splitlines()[-1])["release"])
        found = release_bytes(release)
        bench.rl_reference = bench.rl_reference or found
        if found != bench.rl_reference:
            bench.campaign.wrong += 1
            bench.campaign.problems.append(f"{home}: another RL set beside a build")
    wait(other)
    if other.returncode != 0:
        bench.campaign.problems.append(f"{home}: a build beside build rl: {log_of(home).read_text()[-600:]}")
    bench.gone(home)
    bench.finish(home)
