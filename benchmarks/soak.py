"""Many mixed renders on one engine, some workers killed at random: flat memory, nothing lost, nothing left.

python -m benchmarks.soak --renders 10000 --kill-every 500
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
from collections.abc import Iterator

from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.processes import descendants, tree_use
from vincicoder.render.registry import LANGUAGES, why_unsupported

_SAMPLES_PER_LANGUAGE = 40


def _requests(renders: int, pools: dict[str, list[str]]) -> Iterator[RenderRequest]:
    chance = random.Random(0)
    languages = list(pools)
    for number in range(renders):
        language = chance.choice(languages)
        index = chance.randrange(len(pools[language]))
        yield RenderRequest(f"{number}:{language}:{index}", language, pools[language][index])


def _kill_one(engine: RenderEngine, chance: random.Random) -> None:
    guards = engine.worker_processes()
    if guards:
        guard = chance.choice(guards)
        victims = [guard, *descendants(guard)]
        os.kill(chance.choice(victims), signal.SIGKILL)


def main() -> None:
    """Run, report memory as it goes, and compare every sample's outcomes with each other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--renders", type=int, default=10_000)
    parser.add_argument(
        "--kill-every", type=int, default=0, help="kill a random process after so many renders"
    )
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES))
    options = parser.parse_args()
    pools = {
        language: pick_samples(language, _SAMPLES_PER_LANGUAGE)
        for language in options.languages
        if not why_unsupported(language)
    }
    pools = {language: pool for language, pool in pools.items() if pool}
    chance = random.Random(1)
    before = set(descendants(os.getpid()))
    outcomes: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    done = 0
    with RenderEngine() as engine:
        for result in engine.render(_requests(options.renders, pools)):
            done += 1
            name = result.request_id.partition(":")[2]
            outcome = result.pixels_sha256 or (
                result.reason.value if result.reason else f"failed: {result.detail}"
            )
            outcomes[name][outcome] += 1
            if options.kill_every and done % options.kill_every == 0:
                _kill_one(engine, chance)
            if done % max(options.renders // 20, 1) == 0:
                print(
                    f"{done} renders, {tree_use(os.getpid()).memory_bytes >> 20} MB in all processes",
                    flush=True,
                )
    unstable = {name: counted for name, counted in outcomes.items() if len(counted) > 1}
    for name, counted in sorted(unstable.items()):
        print("more than one outcome:", name, dict(counted))
    left = set(descendants(os.getpid())) - before
    print(f"{done} renders, {len(outcomes)} samples, {len(unstable)} unstable, {len(left)} processes left")


if __name__ == "__main__":
    main()
