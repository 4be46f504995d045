"""Kills, with signal 9 and at random moments: the build, and everything that it is made of."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from benchmarks.faults.builds import Bench, log_of, wait
from vincicoder.render.processes import descendants


def kill_build(bench: Bench, home: Path) -> None:
    """Kill the build itself again and again, each time a little further on."""
    for _ in range(bench.chance.randint(2, 4)):
        process = bench.start(home)
        time.sleep(bench.chance.uniform(0.1, 1.0) * bench.build_seconds)
        if process.poll() is None:
            process.kill()
            bench.campaign.killed("build")
        process.wait()
        bench.gone(home)
    bench.finish(home)


def kill_parts(bench: Bench, home: Path) -> None:
    """Kill guards, workers, browsers and pdflatex below a build that goes on; what fails is run again."""
    for _ in range(3):
        log_of(home).unlink(missing_ok=True)
        process = bench.start(home)
        deadline = time.monotonic() + 2 * bench.build_seconds
        while process.poll() is None:
            time.sleep(bench.chance.uniform(0.05, 0.8))
            if time.monotonic() < deadline:
                _kill_one_part(bench, process)
            else:
                wait(process)
        bench.gone(home)
        if process.returncode == 0:
            return
    bench.finish(home)


def kill_after_interrupt(bench: Bench, home: Path) -> None:
    """Press Ctrl-C, which must end a build with 130 in some seconds, and kill another right after it."""
    process = bench.start(home)
    time.sleep(bench.chance.uniform(0.4, 1.0) * bench.build_seconds)
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGINT)
    wait(process, 60)
    if running and process.returncode not in (0, 130):
        said = log_of(home).read_text()[-300:]
        # Python itself ends so where the signal comes before it runs our code.
        if process.returncode != -signal.SIGINT:
            bench.campaign.problems.append(f"{home}: Ctrl-C gave exit {process.returncode}: {said}")
    bench.gone(home)
    kill_build(bench, home)


def _kill_one_part(bench: Bench, process: subprocess.Popen[str]) -> None:
    """Of the kinds that live now, the one that was killed least: browsers and TeX come late and are few."""
    found: dict[str, list[int]] = {}
    for pid in descendants(process.pid):
        found.setdefault(_kind(pid, process.pid), []).append(pid)
    found.pop("", None)
    if found:
        counts = {kind: bench.campaign.kills_by_kind.get(kind, 0) for kind in sorted(found)}
        kind = bench.chance.choice([kind for kind in counts if counts[kind] == min(counts.values())])
        if kill(bench.chance.choice(found[kind])):
            bench.campaign.killed(kind)


def kill(pid: int) -> bool:
    """Whether it was there to be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _kind(pid: int, build: int) -> str:
    """What a process below a build is: its guards are the build's children, workers are below them."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return ""
    for kind, mark in (("browser", b"chrom"), ("browser", b"headless"), ("pdflatex", b"latex")):
        if mark in line.partition(b"\0")[0]:
            return kind
    return ("guard" if parent == build else "worker") if line else ""
