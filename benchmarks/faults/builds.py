"""Runs builds as a user does, kills what they are made of, and compares what they publish."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from vincicoder.render.processes import descendants, kill_descendants

ROOT = Path(__file__).resolve().parents[2]
_GONE_SECONDS = 20.0
_BUILD_SECONDS = 600.0


@dataclass(slots=True)
class Campaign:
    """What was done and seen. `lost`, `wrong`, `orphans` and `false_rejects` are to be 0, and as much
    `corrupt_found` as `corrupt_planted`.

    `lost` and `wrong` count rows; `orphans` processes and temporary files left after a build;
    `false_rejects` rows that the undisturbed build kept and another rejected.
    """

    kills: int = 0
    lost: int = 0
    wrong: int = 0
    orphans: int = 0
    false_rejects: int = 0
    corrupt_planted: int = 0
    corrupt_found: int = 0
    rounds: int = 0
    builds: int = 0
    kills_by_kind: dict[str, int] = field(default_factory=dict)
    rounds_by_fault: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def killed(self, kind: str) -> None:
        self.kills += 1
        self.kills_by_kind[kind] = self.kills_by_kind.get(kind, 0) + 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Bench:
    """Where the campaign works: its folder, corpus and reference, and the seeded chance."""

    folder: Path
    config: Path
    chance: random.Random
    campaign: Campaign
    reference: dict[str, bytes] = field(default_factory=dict)
    rl_reference: dict[str, bytes] = field(default_factory=dict)
    build_seconds: float = 10.0
    weights: str = ""  # the hash of what an undisturbed training leaves

    def command(self, home: Path, *more: str) -> list[str]:
        """The build, as a user types it."""
        build = [sys.executable, "-m", "flows.cli", "build", "sft", "--profile", "none", "--json"]
        settings = ["--source-config", str(self.config), "--home", str(home), "--shard-rows", "4"]
        return [*build, *settings, "--workers", "2", *more]

    def start(
        self,
        home: Path,
        *more: str,
        environment: dict[str, str] | None = None,
        command: list[str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a build (or another command) in a session of its own; what it says goes to a file."""
        self.campaign.builds += 1
        home.parent.mkdir(parents=True, exist_ok=True)
        with log_of(home).open("a") as log:
            return subprocess.Popen(
                command or self.command(home, *more),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
                env=environment,
            )

    def finish(self, home: Path, *more: str, environment: dict[str, str] | None = None) -> str:
        """Run a build to its end; return what it said. A failure is a problem of the campaign."""
        log_of(home).unlink(missing_ok=True)
        process = self.start(home, *more, environment=environment)
        wait(process)
        said = log_of(home).read_text()
        if process.returncode != 0:
            self.campaign.problems.append(f"{home}: exit {process.returncode}: {said[-600:]}")
        self.gone(home, finished=True)
        return said

    def check(self, home: Path) -> None:
        """Compare the current release with the undisturbed one, row by row where the bytes differ."""
        release = home / "releases/sft/current"
        found = release_bytes(release) if release.exists() else {}
        self.campaign.false_rejects += len(rejected(release) - rejected(self.folder / "reference/current"))
        if found == self.reference:
            return
        lost, wrong = differing_rows(self.folder / "reference/current", release)
        self.campaign.lost += lost
        self.campaign.wrong += wrong
        names = [name for name in {*found, *self.reference} if found.get(name) != self.reference.get(name)]
        self.campaign.problems.append(
            f"{home}: {lost} lost, {wrong} wrong; differing: {', '.join(sorted(names))}"
        )
        if not lost and not wrong:
            self.campaign.wrong += 1  # another card or manifest is wrong too

    def gone(self, home: Path, finished: bool = False) -> None:
        """Count processes that are left after a build and, after a finished one, temporary files: those of a
        killed one go when the next begins."""
        deadline = time.monotonic() + _GONE_SECONDS
        while descendants(os.getpid()) and time.monotonic() < deadline:
            reap()
            time.sleep(0.05)
        reap()
        left = len(descendants(os.getpid()))
        kill_descendants(os.getpid())
        reap()
        files = [str(path) for path in (home / "tmp").glob("*")] if finished else []
        if left or files:
            self.campaign.orphans += left + len(files)
            self.campaign.problems.append(f"{home}: left {left} processes and {files}")


def log_of(home: Path) -> Path:
    return home.with_name(f"{home.name}.log")


def wait(process: subprocess.Popen[str], seconds: float = _BUILD_SECONDS) -> None:
    """Wait for the end; a build that has none by then is killed, which its exit status shows."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def reap() -> None:
    """Collect ended processes that were handed over to this one."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def release_bytes(release: Path) -> dict[str, bytes]:
    """Every file of a release but the catalogue, which holds measured times."""
    folder = release.resolve()
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "catalog.duckdb"
    }


def differing_rows(reference: Path, release: Path) -> tuple[int, int]:
    """Return how many rows of the reference are missing in a release, and how many are other than there."""
    there, here = _rows(reference), _rows(release)
    wrong = sum(here[name] != row for name, row in there.items() if name in here) + len(here.keys() - there)
    return len(there.keys() - here), wrong


def _rows(release: Path) -> dict[str, Any]:
    tables = (pq.read_table(path) for path in sorted((release / "data").glob("*.parquet")))
    return {row["sample_id"]: row for table in tables for row in table.to_pylist()}


def rejected(release: Path) -> set[tuple[str, str]]:
    """Return (sample, reason) of a release's rejects."""
    if not (release / "catalog.duckdb").is_file():
        return set()
    with duckdb.connect(str(release / "catalog.duckdb"), read_only=True) as catalog:
        return set(catalog.execute("SELECT sample_id, reason FROM rejects").fetchall())
