"""The driven side of the soak: `python -m benchmarks.soak_driver OPTIONS-AS-JSON`, started by `soak.py`.

Renders until it is done or killed, kills processes of its own engine now and then, and tells one JSON
line for each render (`name`, `outcome`), each kill (`killed`) and each look at itself (`done`, …).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.processes import descendants, tree_use
from vincicoder.render.registry import LANGUAGES, why_unsupported
from vincicoder.render.self_check.processes import zombies

SAMPLES_PER_LANGUAGE = 40


def _requests(pools: dict[str, list[str]], first: int, renders: int) -> Iterator[RenderRequest]:
    """Yield a mixture that depends on the numbers alone: a killed driver is followed by another."""
    languages = list(pools)
    for number in range(first, first + renders):
        chance = random.Random(number)
        language = chance.choice(languages)
        index = chance.randrange(len(pools[language]))
        yield RenderRequest(f"{number}:{language}:{index}", language, pools[language][index])


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _kill_one(engine: RenderEngine, number: int) -> str:
    """Kill in turn a worker's root, a browser or TeX process, and any process; return what it was."""
    chance = random.Random(number)
    guards = engine.worker_processes()
    below = [pid for guard in guards for pid in descendants(guard)]
    programs = [pid for pid in below if _name(pid).startswith(("chrom", "headless", "pdflatex", "pdftex"))]
    victims = [guards, programs or below, below][number % 3]
    if not victims:
        return ""
    victim = chance.choice(victims)
    name = _name(victim)
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    return "worker's root" if victims is guards else name


def _look() -> dict[str, int]:
    """Measure this process and all below it."""
    below = descendants(os.getpid())
    return {
        "memory_mb": tree_use(os.getpid()).memory_bytes >> 20,
        "own_memory_mb": int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20,
        "open_files": len(list(Path("/proc/self/fd").iterdir())),
        "processes": len(below),
        "zombies": len(zombies(os.getpid())),
    }


def _tell(**fields: Any) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Render what the options say."""
    options = json.loads(sys.argv[1])
    pools = {
        language: pick_samples(language, SAMPLES_PER_LANGUAGE)
        for language in options["languages"] or LANGUAGES
        if not why_unsupported(language)
    }
    pools = {language: pool for language, pool in pools.items() if pool}
    kill_every, look_every = options["kill_every"], options["look_every"]
    done = 0
    with RenderEngine(workers=options["workers"]) as engine:
        for result in engine.render(_requests(pools, options["first"], options["renders"])):
            done += 1
            outcome = result.pixels_sha256 or (
                result.reason.value if result.reason else f"failed: {result.detail}"
            )
            _tell(name=result.request_id.partition(":")[2], outcome=outcome, detail=result.detail[:200])
            if kill_every and done % kill_every == 0:
                _tell(killed=_kill_one(engine, done // kill_every))
            if done % look_every == 0:
                _tell(done=done, **_look())
    _tell(
        finished=done,
        left=len(descendants(os.getpid())),
        open_files=len(list(Path("/proc/self/fd").iterdir())),
    )


if __name__ == "__main__":
    main()
