"""Cleaning: samples a second over the real corpora, on all cores, and where the time goes.

    python -m benchmarks.clean --json clean.json

All rows of a profile (default `packages-full`, up to --limit) are read first; then they are cleaned in
shards of 250 rows by a process a core, ruff and the tokenizer's loading included, and once more in this
process for the share of each filter. `cpu_ms_per_sample` counts all processes and ignores what else the
machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.processor_time import ended_children_seconds, own_seconds
from vincicoder.clean import Cleaned, CleanLimits, clean_samples
from vincicoder.sample import Sample, Task, make_sample_id
from vincicoder.sources.profiles import get_profile, plan, read_positions

_SHARD_ROWS = 250


def read_samples(profile: str, limit: int | None) -> list[Sample]:
    """Read the rows of a profile that have code."""
    samples = []
    for source, positions in plan(get_profile(profile), limit=limit):
        name = source.info.name
        samples += [
            Sample(
                sample_id=make_sample_id(name, row.source_id, Task.DIRECT, row.code),
                source=name,
                source_id=row.source_id,
                source_revision="",
                license=row.license,
                domain=row.domain,
                language=row.language,
                task=Task.DIRECT,
                code=row.code,
                code_sha256="",
            )
            for row in read_positions(source, positions)
            if isinstance(row.code, str)
        ]
    return samples


def clean_shard(samples: list[Sample]) -> list[Cleaned]:
    """Clean one shard under the default limits."""
    return clean_samples(samples, CleanLimits())


def measure(samples: list[Sample], workers: int) -> dict[str, Any]:
    """Clean all samples twice and return the figures."""
    shards = [samples[first : first + _SHARD_ROWS] for first in range(0, len(samples), _SHARD_ROWS)]
    cpu, wall = ended_children_seconds() + own_seconds(), time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        cleaned = [one for shard in pool.map(clean_shard, shards) for one in shard]
    wall = time.perf_counter() - wall
    cpu = ended_children_seconds() + own_seconds() - cpu
    # Threads of ruff's process end with it: its time is that of this process's children.
    clock: dict[str, float] = {}
    children = ended_children_seconds()
    for shard in shards:
        clean_samples(shard, CleanLimits(), clock)
    clock["undefined_names"] += ended_children_seconds() - children
    reasons = Counter(one.rejection.reason.value for one in cleaned if one.rejection)
    changes = Counter(change.partition(":")[0] for one in cleaned for change in one.changes)
    total = sum(clock.values())
    return {
        "samples": len(samples),
        "workers": workers,
        "samples_per_second": round(len(samples) / wall, 1),
        "cpu_ms_per_sample": round(cpu * 1000 / len(samples), 4),
        "samples_per_second_of_2_free_cores": round(2 * len(samples) / cpu, 1),
        "filters": {
            name: {
                "microseconds_per_sample": round(seconds * 1e6 / len(samples), 1),
                "share": round(seconds / total, 4),
            }
            for name, seconds in sorted(clock.items(), key=lambda item: -item[1])
        },
        "rejected": dict(sorted(reasons.items())),
        "changed": dict(sorted(changes.items())),
        "languages": dict(sorted(Counter(sample.language for sample in samples).items())),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--profile", default="packages-full")
    parser.add_argument("--limit", type=int, default=20_000, help="rows over all sources")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    figures = measure(read_samples(options.profile, options.limit), options.workers)
    text = json.dumps(figures, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
