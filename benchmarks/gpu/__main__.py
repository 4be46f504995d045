"""Every part that needs a GPU, one after the other, each in a process and with a time of its own.

    python -m benchmarks.gpu --data FOLDER --json FILE     # on a GPU; FOLDER is of `benchmarks.gpu.data`
    python -m benchmarks.gpu --cpu-rehearsal --json FILE   # the same code on a CPU, with tiny models

A part that fails, or runs out of its time, does not keep the next from running. The file is written after
each part, so that a kill leaves what was done. Exit 1 when a part failed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.gpu.settings import FULL, PARTS, REHEARSAL, Settings

_ROOT = Path(__file__).parents[2]
_GRACE_SECONDS = 10  # in which a part that is stopped ends its trainer
UNITS = {
    "*_mb": "MiB (2**20 bytes)",
    "*_seconds": "seconds of wall time",
    "*_a_second": "things a second of wall time",
    "*_difference": "of scores, which run from 0 to 1",
    "ratio, *_share, *_ratio": "one divided by the other",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__.splitlines()[0])
    parser.add_argument("--cpu-rehearsal", action="store_true", help="tiny models on the CPU")
    parser.add_argument("--data", type=Path, help="rows; left out, they are made of programs of our own")
    parser.add_argument("--parts", default=",".join(PARTS), help="some of: %(default)s")
    parser.add_argument("--seconds", type=int, help="the most that any part may take")
    parser.add_argument("--work", type=Path, help="for models and checkpoints; left out, it is temporary")
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args(arguments)
    parts = given.parts.split(",")
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"received the part {unknown[0]!r}; there are {', '.join(PARTS)}")
    settings = REHEARSAL if given.cpu_rehearsal else FULL
    with tempfile.TemporaryDirectory(prefix="vincicoder-gpu-") as temporary:
        work = (given.work or Path(temporary) / "work").absolute()
        work.mkdir(parents=True, exist_ok=True)
        data = given.data.absolute() if given.data else _own_data(Path(temporary))
        return run_parts(parts, settings, data, work, given.json, given.seconds)


def run_parts(
    parts: Sequence[str], settings: Settings, data: Path, work: Path, target: Path, most: int | None = None
) -> int:
    """Run `parts` and keep what they found in the file `target`. `most` bounds each part's seconds."""
    gpu = settings is FULL
    report: dict[str, Any] = {
        "settings": settings.name,
        "ran_on": "gpu" if gpu else "cpu",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "units": UNITS,
        "parts": {},
    }
    for name in ("machine", *parts):
        seconds = min(settings.seconds[name], most or settings.seconds[name])
        report["parts"][name] = found = _run_part(name, settings.name, gpu, data, work, seconds)
        target.write_text(json.dumps(report, indent=1) + "\n")
        state = "ok" if found["ok"] else f"failed: {found['error']}"
        print(f"{name}: {state}, {found['seconds']} s", flush=True)
    return 0 if all(found["ok"] for found in report["parts"].values()) else 1


def _run_part(name: str, settings: str, gpu: bool, data: Path, work: Path, seconds: int) -> dict[str, Any]:
    """Run a part and return its figures with `ok`, `seconds` and, where it failed, `error` and `log`."""
    request, output, log = (work / f"{name}.{kind}" for kind in ("request.json", "figures.json", "log"))
    output.unlink(missing_ok=True)
    asked = {"part": name, "settings": settings, "gpu": gpu, "data": str(data), "work": str(work)}
    request.write_text(json.dumps({**asked, "output": str(output)}))
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    if not gpu:
        environment["CUDA_VISIBLE_DEVICES"] = ""
    started = time.monotonic()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.gpu.part", str(request)],
            cwd=_ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            start_new_session=True,
        )  # fmt: skip
        try:
            status = process.wait(seconds)
            error = "" if status == 0 else f"exit status {status}"
        except subprocess.TimeoutExpired:
            error = f"not done in its {seconds} seconds"
        finally:
            _stop(process)
    tail = log.read_text("utf-8", "replace").strip()
    if error and "seconds" not in error and tail:
        error = f"{tail.splitlines()[-1][:300]} ({error})"
    figures = json.loads(output.read_text()) if output.exists() else {}
    found = {"ok": not error, "seconds": round(time.monotonic() - started, 1), **figures}
    return found | ({"error": error, "log": tail[-2000:]} if error else {})


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a part: it is asked first, so that it ends its own trainer in order."""
    for number, patience in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, None)):
        if process.poll() is not None:
            break
        os.killpg(process.pid, number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def _own_data(folder: Path) -> Path:
    from benchmarks.gpu.data import own_data

    return own_data(folder / "data")


if __name__ == "__main__":
    sys.exit(main())
