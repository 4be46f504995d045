"""What a build of N rows takes beside drawing: wall, CPU and peak memory by stage, bytes, files, requests.

The rows are SVG programs that all differ; a declared stand-in draws them (`benchmarks.replay`), so everything
but drawing is real. `--s3` puts the home on an S3 server on loopback, whose requests are counted, and
`--s3-delay` puts that at a distance. A second build of the same rows shows how long it takes to decide that
nothing is to be done. Where Ray is installed, `--node-rows` programs are then really drawn on one Ray node of
one core and on two (`benchmarks.cluster`).

`--real` draws as many programs of `benchmarks.cluster` instead, and says which share of the cores' time in
the render stage was not drawing: all of this process's own. `--processes` runs shards in processes beside
this one.

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
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.cluster import programs, speed
from benchmarks.delay import delayed
from benchmarks.processor_time import living_seconds, own_seconds
from benchmarks.replay import replayed
from flows.pipeline import run_build
from flows.processes import SHARDS_A_PROCESS, Processes, ProcessPlace
from flows.progress import BuildClock
from flows.progress.clock import StageProgress
from flows.progress.lines import Lines
from flows.runners import DirectRunner
from tests.corpora import write_corpus
from tests.s3 import BUCKET, S3Server, s3_server
from vincicoder.config import BuildConfig
from vincicoder.render.processes import descendants

# What is learned of files that were written just now is not remembered (`vincicoder.sources.known`).
_SETTLED_SECONDS = 3.0

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
    """Notes of each stage its seconds, the CPU seconds of this process and of those beside it that run
    shards, and the peak memory of the largest of them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self.peak_memory_mb: dict[str, float] = {}
        self._cpu = 0.0

    def begin(self, stage: StageProgress) -> None:
        for pid in _shard_processes():
            with suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak starts anew
        self._cpu = _cpu_seconds()

    def advance(self, stage: StageProgress, output: object) -> None:
        pass

    def end(self, stage: StageProgress) -> None:
        self.seconds[stage.name] = round(stage.seconds, 2)
        self.cpu_seconds[stage.name] = round(_cpu_seconds() - self._cpu, 2)
        self.peak_memory_mb[stage.name] = max(map(_peak_mb, _shard_processes()))


def _shard_processes() -> list[int]:
    """Return this process and those that it started to run shards; not the workers of the render engines."""
    return [os.getpid(), *(pid for pid in descendants(os.getpid()) if b"spawn_main" in _command(pid))]


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _cpu_seconds() -> float:
    return own_seconds() + sum(living_seconds(pid) for pid in _shard_processes()[1:])


def _peak_mb(pid: int) -> float:
    peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return round(int(peak[1]) / 1024, 1) if peak else 0.0


def measure(asked: argparse.Namespace, folder: Path, server: S3Server | None) -> dict[str, Any]:
    """Build twice; return the figures of the first build and the seconds of the second."""
    home = str(folder / "home") if server is None else f"s3://{BUCKET}/scale"
    corpus = folder / "corpus"
    config = BuildConfig(
        profile=None,
        source_configs=(
            write_corpus(corpus, "real", programs(asked.rows))
            if asked.real
            else write_rows(corpus, asked.rows),
        ),
        shard_rows=asked.shard_rows,
        workers=asked.workers,
    )
    time.sleep(_SETTLED_SECONDS)
    stages = Stages()
    with ExitStack() as stack:
        if not asked.real:
            stack.enter_context(replayed())
        runner = DirectRunner(asked.workers)
        if asked.processes:
            processes = Processes(asked.workers, asked.processes)
            stack.callback(processes.end)
            runner = DirectRunner(SHARDS_A_PROCESS * asked.processes, ProcessPlace(processes))
        started, cpu = time.monotonic(), _cpu_seconds()
        result = run_build(config, home, runner, "", BuildClock([stages, Lines()]))
        seconds, cpu_seconds = time.monotonic() - started, _cpu_seconds() - cpu
        requests = _methods(server)
        started, cpu = time.monotonic(), _cpu_seconds()
        again = run_build(config, home, runner, "", BuildClock())
        unchanged, unchanged_cpu = time.monotonic() - started, _cpu_seconds() - cpu
    if again.version != result.version:
        raise RuntimeError(f"an unchanged build made {again.version} instead of {result.version}")
    found = {
        "renderer": "real" if asked.real else "replay",
        "home": "local" if server is None else "s3 on loopback",
        "s3_delay_ms": asked.s3_delay,
        "rows": asked.rows,
        "shard_rows": asked.shard_rows,
        "workers": asked.workers,
        "processes": asked.processes,
        "kept": result.kept,
        "made": result.made,
        "total_seconds": round(seconds, 1),
        "total_cpu_seconds": round(cpu_seconds, 1),
        "unchanged_seconds": round(unchanged, 3),
        "unchanged_cpu_seconds": round(unchanged_cpu, 3),
        "seconds": stages.seconds,
        "cpu_seconds": stages.cpu_seconds,
        "peak_memory_mb": stages.peak_memory_mb,
    }
    if asked.real:  # of the cores' time while the stage ran
        found["render_share_beside_drawing"] = round(
            stages.cpu_seconds["render"] / (stages.seconds["render"] * asked.workers), 4
        )
    if server is None:
        files = [path for path in (folder / "home").rglob("*") if path.is_file() and not path.is_symlink()]
        return {**found, "files": len(files), "bytes": sum(path.stat().st_size for path in files)}
    return {**found, "requests": requests, "unchanged_requests": _methods(server) - Counter(requests)}


def _methods(server: S3Server | None) -> Counter[str]:
    return Counter(one.split()[0] for one in server.requests()) if server else Counter()


@contextmanager
def _server(asked: argparse.Namespace, folder: Path) -> Iterator[S3Server | None]:
    with ExitStack() as stack:
        server = stack.enter_context(s3_server(folder)) if asked.s3 else None
        if server is not None:
            os.environ |= dict(server.variables)
            if asked.s3_delay:
                far = delayed(server.url, asked.s3_delay / 1000)
                os.environ["AWS_ENDPOINT_URL"] = stack.enter_context(far)
        yield server


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--shard-rows", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--processes", type=int, default=0, help="that run shards beside this one; 0: here")
    parser.add_argument("--real", action="store_true", help="charts, drawings and formulas, really drawn")
    parser.add_argument("--s3", action="store_true", help="a home on an S3 server on loopback")
    parser.add_argument("--s3-delay", type=float, default=0.0, help="milliseconds that each request waits")
    parser.add_argument("--node-rows", type=int, default=100, help="0 starts no Ray node")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="vc-", dir="/tmp"))  # short: Ray makes sockets in it
    try:
        with _server(asked, folder) as server:
            found = measure(asked, folder, server)
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
