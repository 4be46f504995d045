"""What a build of N rows takes beside drawing: wall, CPU and peak memory by stage, bytes, files, requests.

The rows are SVG programs that all differ; a declared stand-in draws them (`benchmarks.replay`), so everything
but drawing is real. `--s3` puts the home on an S3 server on loopback, whose requests are counted. A second
build of the same rows shows how long it takes to decide that nothing is to be done. Where Ray is installed,
`--node-rows` programs are then really drawn on one Ray node of one core and on two (`benchmarks.cluster`).

    python -m benchmarks.scale --rows 10000 --json scale-10000.json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.cluster import speed
from benchmarks.processor_time import own_seconds
from benchmarks.replay import replayed
from flows.pipeline import run_build
from flows.progress import BuildClock
from flows.progress.clock import StageProgress
from flows.runners import DirectRunner
from tests.s3 import BUCKET, S3Server, s3_server
from vincicoder.config import BuildConfig

_SHAPES = (
    '<rect x="{a}" y="{b}" width="{c}" height="{d}" fill="{f}"/>',
    '<circle cx="{a}" cy="{b}" r="{c}" stroke="{f}" fill="none" stroke-width="{w}"/>',
    '<path d="M{a} {b}Q{c} {d} {e} {b}T{d} {a}" stroke="{f}" fill="none"/>',
    '<text x="{a}" y="{b}" font-size="{w}" fill="{f}">{t}</text>',
    '<ellipse cx="{a}" cy="{b}" rx="{c}" ry="{d}" fill="{f}" opacity="0.{w}"/>',
    '<polygon points="{a},{b} {c},{d} {e},{a} {d},{c}" fill="{f}"/>',
)
_WORDS = ("north", "revenue", "cells", "growth", "index", "sample", "energy", "width", "mean", "signal")


def program(number: int) -> str:
    """Return an SVG program of 8 to 40 shapes; each number gives another one, always the same."""
    chance = random.Random(number)
    shapes = []
    for _ in range(chance.randint(8, 40)):
        sizes = {name: chance.randint(1, 400) for name in "abcde"}
        text = " ".join(chance.choices(_WORDS, k=chance.randint(1, 4)))
        colour = f"#{chance.randrange(1 << 24):06x}"
        shapes.append(chance.choice(_SHAPES).format(**sizes, w=chance.randint(1, 30), f=colour, t=text))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">{"".join(shapes)}</svg>'


def write_rows(folder: Path, rows: int) -> Path:
    """Write a corpus of programs as JSON lines and its configuration; return the configuration's path."""
    folder.mkdir(parents=True)
    with (folder / "rows.jsonl").open("w") as stream:
        for number in range(rows):
            stream.write(json.dumps({"id": str(number), "code": program(number)}) + "\n")
    source = {"name": "replayed", "format": "jsonl", "path": "rows.jsonl", "domain": "svg", "language": "svg"}
    source |= {"code_column": "code", "id_column": "id", "license": "CC0-1.0", "citation": "made up"}
    (folder / "own.yaml").write_text(json.dumps({"sources": [source]}))
    return folder / "own.yaml"


class Stages:
    """Notes CPU seconds and peak memory of each stage, of this process with all its threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self.peak_memory_mb: dict[str, float] = {}
        self._cpu = 0.0

    def begin(self, stage: StageProgress) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        self._cpu = own_seconds()

    def advance(self, stage: StageProgress, output: object) -> None:
        pass

    def end(self, stage: StageProgress) -> None:
        self.seconds[stage.name] = round(stage.seconds, 2)
        self.cpu_seconds[stage.name] = round(own_seconds() - self._cpu, 2)
        peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
        self.peak_memory_mb[stage.name] = round(int(peak[1]) / 1024, 1) if peak else 0.0


def measure(
    rows: int, shard_rows: int, workers: int, folder: Path, server: S3Server | None
) -> dict[str, Any]:
    """Build twice; return the figures of the first build and the seconds of the second."""
    home = str(folder / "home") if server is None else f"s3://{BUCKET}/scale"
    config = BuildConfig(
        profile=None,
        source_configs=(write_rows(folder / "corpus", rows),),
        shard_rows=shard_rows,
        workers=workers,
    )
    stages = Stages()
    with replayed():
        started, cpu = time.monotonic(), own_seconds()
        result = run_build(config, home, DirectRunner(workers), "", BuildClock([stages]))
        seconds, cpu_seconds = time.monotonic() - started, own_seconds() - cpu
        requests = _methods(server)
        started, cpu = time.monotonic(), own_seconds()
        again = run_build(config, home, DirectRunner(workers), "", BuildClock())
        unchanged, unchanged_cpu = time.monotonic() - started, own_seconds() - cpu
    if again.version != result.version:
        raise RuntimeError(f"an unchanged build made {again.version} instead of {result.version}")
    found = {
        "renderer": "replay",
        "home": "local" if server is None else "s3 on loopback",
        "rows": rows,
        "shard_rows": shard_rows,
        "workers": workers,
        "kept": result.kept,
        "made": result.made,
        "total_seconds": round(seconds, 1),
        "total_cpu_seconds": round(cpu_seconds, 1),
        "unchanged_seconds": round(unchanged, 1),
        "unchanged_cpu_seconds": round(unchanged_cpu, 1),
        "seconds": stages.seconds,
        "cpu_seconds": stages.cpu_seconds,
        "peak_memory_mb": stages.peak_memory_mb,
    }
    if server is None:
        files = [path for path in (folder / "home").rglob("*") if path.is_file() and not path.is_symlink()]
        return {**found, "files": len(files), "bytes": sum(path.stat().st_size for path in files)}
    return {**found, "requests": requests, "unchanged_requests": _methods(server) - Counter(requests)}


def _methods(server: S3Server | None) -> Counter[str]:
    return Counter(one.split()[0] for one in server.requests()) if server else Counter()


@contextmanager
def _server(wanted: bool, folder: Path) -> Iterator[S3Server | None]:
    with ExitStack() as stack:
        server = stack.enter_context(s3_server(folder)) if wanted else None
        os.environ |= dict(server.variables) if server else {}
        yield server


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--shard-rows", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--s3", action="store_true", help="a home on an S3 server on loopback")
    parser.add_argument("--node-rows", type=int, default=100, help="0 starts no Ray node")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="vc-", dir="/tmp"))  # short: Ray makes sockets in it
    try:
        with _server(asked.s3, folder) as server:
            found = measure(asked.rows, asked.shard_rows, asked.workers, folder, server)
        if asked.node_rows and find_spec("ray"):
            found |= {**speed(asked.node_rows, folder / "nodes"), "rows": asked.rows}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(found, indent=1)
    print(text)
    if asked.json:
        asked.json.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
