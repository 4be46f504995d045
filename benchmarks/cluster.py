"""Builds on a local cluster of three Ray nodes and an S3 server, kills things, and compares bytes.

Three builds of the same 300 rows: here in a local home; on the cluster, where a node is killed in the middle
of rendering; and on the cluster again, where the driver is killed and the same command run once more. The
three releases must be the same in every byte but the catalogue, which holds times, and a further node,
which has no TeX, must be left out. At last a task that kills its process must end with an error. All that it
starts ends with it.

    python -m benchmarks.cluster --rows 300 --json cluster.json
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks.control_group import ControlGroup
from benchmarks.poison import tries_of_poison
from flows.cluster.nodes import CALL_TRIES
from flows.cluster.place import ACTORS_A_SHARD
from storage.home import Home
from storage.manifest import load_manifest
from storage.release_copy import local_release
from tests.corpora import write_corpus
from tests.s3 import BUCKET, s3_server

ROOT = Path(__file__).parents[1]
_SHARD_ROWS, _FAST_SHARD_ROWS = 10, 30
# Ray listens beyond loopback, so who speaks to it must know a token. Its workers would run at nice 15.
_RAY = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32), "RAY_worker_niceness": "0"}
_RENDERED_BEFORE_A_KILL = 4

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" '
    'fill="#fff"/><circle cx="{x}" cy="{y}" r="{r}" fill="hsl({hue},70%,50%)"/><text x="20" y="{t}" '
    'font-size="18">sample {number}</text><path d="M10 {x}L{y} 30L300 {r}Z" fill="none" stroke="#246"/></svg>'
)
_CHART = """import matplotlib.pyplot as plt
import numpy as np

values = np.{function}(np.linspace(0, {periods}, {points})) * {scale}
figure, axes = plt.subplots(figsize=(5, 4))
axes.{kind}(np.arange({points}), values, color="C{color}")
axes.set_title("Series {number} of {scale}")
axes.grid(True)
plt.show()
"""
_LATEX = (
    "\\documentclass[tikz]{{standalone}}\n\\begin{{document}}\n\\begin{{tikzpicture}}\n"
    "\\draw[thick,blue!{share}] (0,0) -- ({x},{y}) node[right] {{point {number}}};\n"
    "\\draw ({y},0) circle ({r});\n\\end{{tikzpicture}}\n\\end{{document}}\n"
)


def programs(rows: int) -> list[dict[str, Any]]:
    """Return rows of three languages: real programs that all differ."""
    made = []
    for number in range(rows):
        if number % 10 < 5:
            domain, language = "chart", "python"
            code = _CHART.format(
                function=("sin", "cos", "sqrt", "exp")[number % 4 if number % 4 < 3 else 0],
                periods=3 + number % 7,
                points=12 + number % 29,
                scale=1 + number,
                kind=("plot", "bar", "scatter", "step")[number % 4],
                color=number % 10,
                number=number,
            )
        elif number % 10 < 9:
            domain, language = "svg", "svg"
            x, y, r = 40 + number * 7 % 240, 30 + number * 11 % 170, 12 + number * 5 % 60
            code = _SVG.format(x=x, y=y, r=r, hue=number * 37 % 360, t=40 + number % 150, number=number)
        else:
            domain, language = "latex", "latex"
            code = _LATEX.format(
                share=20 + number % 80,
                x=1 + number % 5,
                y=1 + number % 3,
                r=f"{0.2 + number % 9 / 10:.1f}",
                number=number,
            )
        made.append({"id": f"row-{number}", "domain": domain, "language": language, "code": code})
    return made


class Nodes:
    """Ray nodes on this machine, each of one CPU. Only these processes are stopped.

    With `held`, each has that many cores and no more, whatever else it starts.
    """

    def __init__(self, count: int, held: float | None = None) -> None:
        from ray.cluster_utils import Cluster

        arguments = {
            "num_cpus": 1,
            "object_store_memory": 100 * 2**20,
            "memory": 2 * 2**30,
            "include_dashboard": False,
        }
        # The driver joins at the head, which no test kills; shards run on the others alone.
        self._cluster: Any = Cluster(initialize_head=True, head_node_args={**arguments, "num_cpus": 0})
        self._arguments = arguments
        self._groups = [ControlGroup(held) for _ in range(count)] if held else []
        places: list[Any] = [group.starting() for group in self._groups] or [nullcontext()] * count
        self.nodes = []
        for place in places:
            with place:
                self.nodes.append(self._cluster.add_node(**arguments))
        self.address = str(self._cluster.address)

    def kill_one(self) -> None:
        """SIGKILL the raylet of the last node, as a machine that is switched off."""
        (raylet,) = self.nodes.pop().all_processes["raylet"]
        os.kill(raylet.process.pid, signal.SIGKILL)

    def add_without_tex(self, folder: Path) -> None:
        """Add a node whose programs are those of this machine but TeX's."""
        folder.mkdir()
        for place in reversed(os.environ["PATH"].split(os.pathsep)):
            for program in Path(place).iterdir() if Path(place).is_dir() else ():
                if "tex" not in program.name:
                    link = folder / program.name
                    link.unlink(missing_ok=True)
                    link.symlink_to(program)
        self._cluster.add_node(**self._arguments, env_vars={"PATH": str(folder)})

    def stop(self) -> None:
        self._cluster.shutdown()
        for group in self._groups:
            group.remove()


@contextmanager
def cluster(count: int, held: float | None = None) -> Iterator[Nodes]:
    """Run a head and some nodes until left."""
    nodes = Nodes(count, held)
    try:
        yield nodes
    finally:
        nodes.stop()


@contextmanager
def build(corpus: Path, home: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `vincicoder build sft` on a corpus; it is killed on leaving where it has not ended."""
    command = [sys.executable, "-m", "flows.cli", "build", "sft", "--profile", "none", "--source-config"]
    command += [str(corpus), "--home", home, "--shard-rows", str(_SHARD_ROWS), "--json", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def outcome(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a build and return its result. Raises RuntimeError with the end of its log."""
    output, log = process.communicate(timeout=1200)
    if process.returncode:
        raise RuntimeError(f"the build ended with {process.returncode}:\n{log[-4000:]}")
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return {**found, "log": log}


def rendered(home: str) -> list[str]:
    return Home(home).list_holding("stages/render", "done.json")


def wait_for_renders(home: str, process: subprocess.Popen[str], count: int) -> list[str]:
    """Wait until some shards are rendered and others are not. Raises RuntimeError where the build ends."""
    while len(done := rendered(home)) < count:
        if process.poll() is not None:
            raise RuntimeError(
                f"the build ended before it was disturbed:\n{process.communicate()[1][-4000:]}"
            )
        time.sleep(0.3)
    return done


def differing_files(one: Path, other: Path) -> list[str]:
    """Return which files of two releases differ; the catalogue holds times and is left out."""
    paths = ["manifest.json", *(file.path for file in load_manifest(one).files)]
    return [path for path in paths if (one / path).read_bytes() != (other / path).read_bytes()]


def measure(rows: int, folder: Path) -> dict[str, Any]:
    """Run the three builds; return seconds, and what differed (nothing, if all is well)."""
    corpus = write_corpus(folder / "corpus", "cluster", programs(rows))
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    os.environ |= _RAY
    with build(corpus, str(folder / "home")) as process:
        local = outcome(process)
    found: dict[str, Any] = {"rows": rows, "kept": local["kept"], "local_seconds": local["seconds"]}
    with s3_server(folder) as server:
        os.environ |= dict(server.variables)
        with cluster(3) as nodes:
            ray = ("--engine", "ray", "--ray-address", nodes.address)
            home = f"s3://{BUCKET}/driver"
            with build(corpus, home, *ray) as process:
                before = wait_for_renders(home, process, _RENDERED_BEFORE_A_KILL)
                process.send_signal(signal.SIGKILL)
                process.communicate()
            tags = Home(home).objects.tags("stages/render")  # type: ignore[union-attr]
            with build(corpus, home, *ray) as process:
                again = outcome(process)
            after = Home(home).objects.tags("stages/render")  # type: ignore[union-attr]
            kept = [key for key in before if tags[_marker(key)] == after.get(_marker(key))]
            release = local_release(Home(home), "sft", again["version"])
            found["driver_killed"] = {
                "seconds": again["seconds"],
                "rendered_before": len(before),
                "kept_of_them": len(kept),
                "differing_files": differing_files(Path(local["release"]), release),
            }
            nodes.add_without_tex(folder / "programs")
            home = f"s3://{BUCKET}/node"
            with build(corpus, home, *ray) as process:
                wait_for_renders(home, process, _RENDERED_BEFORE_A_KILL)
                nodes.kill_one()
                killed = outcome(process)
            release = local_release(Home(home), "sft", killed["version"])
            found["node_killed"] = {
                "seconds": killed["seconds"],
                "noticed": "its shards go to others" in killed["log"],
                "left_out": [line for line in killed["log"].splitlines() if "is left out" in line],
                "differing_files": differing_files(Path(local["release"]), release),
            }
            found["tries_of_poison"] = tries_of_poison(nodes.address, home, folder)
    return found


def speed(rows: int, folder: Path) -> dict[str, Any]:
    """Build on one node and on two; return samples a second of the render stage and of the whole build.

    Each node has a core, or where this machine has too few an equal share of what is left when the driver and
    the S3 server have one.
    """
    cores = min(1.0, (len(os.sched_getaffinity(0)) - 1) / 2)
    corpus = write_corpus(folder / "corpus", "cluster", programs(rows))
    os.environ |= _RAY
    found: dict[str, Any] = {}
    with s3_server(folder) as server:
        os.environ |= dict(server.variables)
        for count in (1, 2):
            with cluster(count, held=cores) as nodes:
                ray = ["--engine", "ray", "--ray-address", nodes.address]
                ray += ["--shard-rows", str(_FAST_SHARD_ROWS)]
                with build(corpus, f"s3://{BUCKET}/speed-{count}", *ray) as process:
                    done = outcome(process)
            found[str(count)] = {
                "render_samples_per_second": round(rows / done["stage_seconds"]["render"], 3),
                "samples_per_second": round(rows / done["seconds"], 3),
                "stage_seconds": done["stage_seconds"],
            }
    ratios = {
        name: round(found["2"][figure] / found["1"][figure], 2)
        for name, figure in (("ratio", "samples_per_second"), ("render_ratio", "render_samples_per_second"))
    }
    return {"rows": rows, "node_shard_rows": _FAST_SHARD_ROWS, "node_cores": cores, "nodes": found, **ratios}


def _marker(key: str) -> str:
    return f"stages/render/{key}/done.json"


def problems(found: dict[str, Any]) -> list[str]:
    """Return what is not as it must be, in words."""
    wrong = [
        f"{name}: the release differs from the local one in {', '.join(found[name]['differing_files'])}"
        for name in ("driver_killed", "node_killed")
        if found[name]["differing_files"]
    ]
    driver = found["driver_killed"]
    if driver["kept_of_them"] != driver["rendered_before"]:
        wrong.append("driver_killed: shards that were done were done again")
    if not any("latex: cannot be drawn there" in line for line in found["node_killed"]["left_out"]):
        wrong.append("node_killed: a node without TeX was not left out")
    if found["tries_of_poison"] != CALL_TRIES * ACTORS_A_SHARD:
        wrong.append(f"a shard that kills its process was tried {found['tries_of_poison']} times")
    if not found["node_killed"]["noticed"]:
        wrong.append("node_killed: the build ended without noticing that a node was gone")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--speed", action="store_true", help="kill nothing; compare two nodes with one")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    asked = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="vc-", dir="/tmp"))  # short: Ray makes sockets in it
    try:
        found = speed(asked.rows, folder) if asked.speed else measure(asked.rows, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(found, indent=1)
    print(text)
    if asked.json:
        asked.json.write_text(text + "\n")
    wrong = [] if asked.speed else problems(found)
    for problem in wrong:
        print(f"WRONG: {problem}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
