"""Killed at any moment and started again, a build gives the same release, byte for byte."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.corpora import write_corpus
from tests.samples import CHART, CIRCLE, PAGE

Row = dict[str, str]


def corpus_rows() -> list[Row]:
    colours = ["teal", "navy", "maroon", "olive"]
    rows = [
        {
            "id": f"svg{n}",
            "domain": "svg",
            "language": "svg",
            "code": CIRCLE.format(radius=10 + 3 * n, fill=colour),
        }
        for n, colour in enumerate(colours)
    ]
    for n in range(4):
        values = f"{n}, {n * n % 7}, {8 - n}"
        rows.append(
            {
                "id": f"py{n}",
                "domain": "chart",
                "language": "python",
                "code": CHART.format(values=values, title=f"chart {n}"),
            }
        )
        rows.append(
            {
                "id": f"html{n}",
                "domain": "web",
                "language": "html",
                "code": PAGE.format(title="Page " * (n + 1)),
            }
        )
    rows.append({"id": "bad", "domain": "svg", "language": "svg", "code": "<svg><g></svg>   broken"})
    return rows


def start(home: Path, config: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "flows.cli", "build", "sft", "--profile", "none", "--json"]
    command += ["--home", str(home), "--source-config", str(config), "--shard-rows", "3"]
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / "stderr.log").open("w") as log:
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )


def finish(home: Path, config: Path) -> dict[str, object]:
    process = start(home, config)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, (home.parent / "stderr.log").read_text()[-3000:]
    answer: dict[str, object] = json.loads(printed.splitlines()[-1])
    return answer


def release_bytes(home: Path) -> dict[str, bytes]:
    """Everything of the current release but the catalogue, which holds measured times."""
    release = (home / "releases/sft/current").resolve()
    return {
        str(path.relative_to(release)): path.read_bytes()
        for path in sorted(release.rglob("*"))
        if path.is_file() and path.name != "catalog.duckdb"
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("whole")
    config = write_corpus(folder, "own", corpus_rows())
    answer = finish(folder / "home", config)
    assert set(answer) >= {"release", "collected", "kept", "rejected", "seconds"}
    assert (answer["collected"], answer["kept"], answer["rejected"]) == (13, 12, 1)
    return folder / "home", config


def processes_of(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == group and fields[0] != "Z":
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("stage", ["dedup_code", "render", "compose"])
def test_kill_9_then_rerun_gives_the_same_bytes(whole: tuple[Path, Path], stage: str, tmp_path: Path) -> None:
    reference, config = whole
    home = tmp_path / "home"
    process = start(home, config)
    deadline = time.monotonic() + 120
    while not list((home / "stages" / stage).glob("*/done.json")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (home / "releases").exists() or process.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 15
    while processes_of(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(process.pid) == [], "workers notice that their parent is gone"
    finish(home, config)
    assert release_bytes(home) == release_bytes(reference)
    assert list((home / "tmp").iterdir()) == []


def test_two_builds_of_one_home_do_not_run_at_once(whole: tuple[Path, Path], tmp_path: Path) -> None:
    config = whole[1]
    first = start(tmp_path / "home", config)
    deadline = time.monotonic() + 60
    while not (tmp_path / "home/stages").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    command = [sys.executable, "-m", "flows.cli", "build", "sft", "--profile", "none"]
    command += ["--home", str(tmp_path / "home"), "--source-config", str(config)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    first.communicate(timeout=300)
    assert second.returncode == 1
    assert "another build is using" in second.stderr
    assert first.returncode == 0
