"""Whether every golden sample gives the same pixels each time, in whatever order and under whatever load.

Languages without a golden set draw small programs of our own.

    python -m benchmarks.determinism --rounds 5 --json determinism.json

Each round draws all samples in another order; every other round competes with busy processes. Writes for
each language the number of samples and of those with more than one outcome, and which these are.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.own_programs import own_programs
from tests.render.golden_set import code_of, read_golden
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.render.registry import LANGUAGES, why_unsupported

_OWN_PROGRAMS = 12
# Ends with its parent, whoever ends that.
_BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"


def _samples(language: str) -> dict[str, str]:
    """Return the golden samples whose corpora are on this machine, or programs of our own: code by name."""
    found = {f"own#{number}": code for number, code in enumerate(own_programs(language, _OWN_PROGRAMS))}
    for golden in read_golden(language):
        code = code_of(golden)
        if code is not None:
            found[f"{golden.source}#{golden.position}"] = code
    return found


def check(language: str, rounds: int, load: int) -> dict[str, Any]:
    """Draw a language's golden samples `rounds` times; return what was seen."""
    samples = _samples(language)
    outcomes: dict[str, set[str]] = defaultdict(set)
    renders = 0
    with RenderEngine() as engine:
        for turn in range(rounds):
            names = list(samples)
            random.Random(turn).shuffle(names)
            busy = [
                subprocess.Popen([sys.executable, "-c", _BUSY], start_new_session=True)
                for _ in range(load * (turn % 2))
            ]
            try:
                for result in engine.render(RenderRequest(name, language, samples[name]) for name in names):
                    reason = result.reason.value if result.reason else f"failed: {result.detail}"
                    outcomes[result.request_id].add(result.pixels_sha256 or reason)
                    renders += 1
            finally:
                for process in busy:
                    process.kill()
                    process.wait()
    different = {name: sorted(seen) for name, seen in sorted(outcomes.items()) if len(seen) > 1}
    return {
        "samples": len(samples),
        "renders": renders,
        "differences": len(different),
        "different": different,
    }


def main() -> None:
    """Check the languages, print and write the figures; exit with 1 where pictures differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5, help="renders of each sample")
    parser.add_argument("--load", type=int, default=4, help="busy processes in every other round")
    parser.add_argument("--languages", nargs="+", default=list(LANGUAGES), choices=list(LANGUAGES))
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    for language in options.languages:
        if why_unsupported(language):
            continue
        figures[language] = check(language, options.rounds, options.load)
        seen = figures[language]
        print(f"{language}: {seen['samples']} samples, {seen['differences']} differ", flush=True)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(1 if any(seen["differences"] for seen in figures.values()) else 0)


if __name__ == "__main__":
    main()
