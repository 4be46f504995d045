"""Whether a loaded machine loses good samples, or draws them otherwise.

    python -m benchmarks.load --samples 200 --load 8 --json load.json

Renders real samples of every language on the machine as it is, then those that were drawn once more while
so many busy processes compete for the CPUs, in another order.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.samples import pick_samples
from vincicoder.render import RenderEngine, RenderRequest, RenderResult
from vincicoder.render.registry import LANGUAGES, why_unsupported


def _render(samples: dict[str, tuple[str, str]], seed: int) -> dict[str, RenderResult]:
    names = list(samples)
    random.Random(seed).shuffle(names)
    with RenderEngine() as engine:
        requests = (RenderRequest(name, *samples[name]) for name in names)
        return {result.request_id: result for result in engine.render(requests)}


def main() -> None:
    """Render twice, print and write what the load changed; exit with 1 where it lost or changed a picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=200, help="of all languages together")
    parser.add_argument("--load", type=int, default=8, help="busy processes beside the engine")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    here = [language for language in LANGUAGES if not why_unsupported(language)]
    languages = [language for language in here if pick_samples(language, 1)]  # of which there are corpora
    samples: dict[str, tuple[str, str]] = {}
    for language in languages:
        for index, code in enumerate(pick_samples(language, -(-options.samples // len(languages)))):
            samples[f"{language}:{index}"] = (language, code)

    quiet_started = time.monotonic()
    quiet = _render(samples, seed=0)
    quiet_seconds = time.monotonic() - quiet_started
    good = {name: samples[name] for name, result in quiet.items() if result.pixels_sha256}
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
        for _ in range(options.load)
    ]
    try:
        loaded_started = time.monotonic()
        loaded = _render(good, seed=1)
        load_seen = os.getloadavg()[0]
        loaded_seconds = time.monotonic() - loaded_started
    finally:
        for process in busy:
            process.kill()
            process.wait()
    lost = {
        name: (result.reason.value if result.reason else result.status.value, result.detail[:300])
        for name, result in loaded.items()
        if not result.pixels_sha256
    }
    changed = [
        name
        for name, result in loaded.items()
        if result.pixels_sha256 and result.pixels_sha256 != quiet[name].pixels_sha256
    ]
    figures = {
        "samples": len(samples),
        "good": len(good),
        "good_by_language": collections.Counter(language for language, _ in good.values()),
        "lost": lost,
        "changed": sorted(changed),
        "load_average": round(load_seen, 1),
        "quiet_seconds": round(quiet_seconds, 1),
        "loaded_seconds": round(loaded_seconds, 1),
    }
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(1 if lost or changed else 0)


if __name__ == "__main__":
    main()
