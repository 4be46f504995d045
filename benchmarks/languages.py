"""CPU seconds a sample in the engine, of languages that have no usual way to be compared with.

    python -m benchmarks.languages --samples 12 --json languages.json

One warm worker, all processes counted. Mermaid and Graphviz samples come from the corpora that are here, the
others are small ones of our own. The machine's load is printed, as times on a busy one are longer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path

from benchmarks.own_programs import OWN_LANGUAGES, own_programs
from benchmarks.render import render_one
from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderStatus
from vincicoder.render.sandbox.kernel import adopt_orphans

_WARM_UP_SAMPLES = 2


def _samples(language: str, count: int) -> list[str]:
    return own_programs(language, count) or pick_samples(language, count, "")


def measure(language: str, samples: list[str]) -> dict[str, float]:
    """Return CPU milliseconds a sample, and how many were drawn."""
    times: list[float] = []
    with RenderEngine(workers=1, output="pixels", measure=False) as engine:
        for number, code in enumerate(samples):
            result, seconds = render_one(engine, language.partition("-graphviz")[0], code)
            if number >= _WARM_UP_SAMPLES and result.status is RenderStatus.RENDERED:
                times.append(seconds * 1000)
    return {
        "mean_ms": round(statistics.fmean(times)),
        "median_ms": round(statistics.median(times)),
        "drawn": len(times),
    }


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=12, help="samples per language")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    chosen = ["mermaid", "graphviz", *OWN_LANGUAGES]
    parser.add_argument("--languages", nargs="+", default=chosen, choices=chosen)
    options = parser.parse_args()
    adopt_orphans()  # so that the processes that browsers leave behind are counted
    figures: dict[str, dict[str, float]] = {}
    for language in options.languages:
        figures[language] = measure(language, _samples(language, options.samples + _WARM_UP_SAMPLES))
        figures[language]["load"] = round(os.getloadavg()[0], 1)
        print(f"{language:>16} {figures[language]}", flush=True)
        if options.json is not None:
            options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
