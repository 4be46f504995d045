"""Writes docs/scale.md from the figures of `benchmarks.scale`: what N rows cost on how many cores.

python -m benchmarks.scale_page scale-2000.json scale-20000.json > docs/scale.md
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Of the default build (docs/measurements.md): 97 s of render and 46 s of refine on two cores, for 2,757 rows.
RENDER_SECONDS = 2 * (97 + 46) / 2757
DOLLARS_A_CORE_HOUR = 0.04
ROWS = (1_600_000, 100_000_000)
CORES = (64, 512, 4_096)
# Stages that one process does for all shards; the others run on any number of nodes.
ON_ONE_NODE = ("dedup_code", "verify_source", "dedup", "compose", "publish")

_HEAD = """\
# Scale

What a build costs beside drawing, and what that makes for large sets. `python -m benchmarks.scale_page`
writes this page from the figures of `python -m benchmarks.scale --rows N --json FILE`: SVG programs that all
differ, drawn by a declared stand-in (64x64 pixels), so that everything but drawing is real. The machine has
two cores, which other work kept busy, so CPU seconds are given and no wall seconds. Memory is that of the one
process. Where the home is on S3, the server's own seconds are not counted.

## Measured

| home | rows | a shard | CPU s | CPU ms a row | unchanged, CPU s | peak MB | requests |
|---|---:|---:|---:|---:|---:|---:|---:|"""
_AGAIN = """
Between 1,000 and 4,000 rows no stage took more a row. Before that, 20,000 rows were seen to cost more a row
than 2,000; which stage it was is not known, and no run was larger.

An unchanged build reads and hashes every file of its outputs and of the release once, so that damage is
seen. At the rate of the largest local run, {rows:,} rows would take {seconds:,.0f} CPU seconds, some files at
a time."""
_ESTIMATED = """
## Estimated

Drawing takes {milliseconds:.0f} ms of a core a row: render and refine of the default build, on two cores
([measurements](measurements.md)). The rest is the table by stage, taken as proportional to rows: a guess
from {measured:,} rows, where what a process does once weighs more. Shard stages run on all cores,
and on one core {alone}.
A core costs {price} dollars an hour, busy or not: a round figure, not a quotation. None of these builds has
been run. Requests to a store are not in it.

| rows | cores | CPU-hours | hours | dollars | bottleneck |
|---:|---:|---:|---:|---:|---|"""


def estimate(figures: Mapping[str, Any], rows: int, cores: int) -> dict[str, Any]:
    """Return CPU-hours, hours and dollars of a build, and what most of its time goes to."""
    cpu = {name: seconds / figures["rows"] for name, seconds in figures["cpu_seconds"].items()}
    alone = {name: seconds * rows / 3600 for name, seconds in cpu.items() if name in ON_ONE_NODE}
    spread = sum(seconds for name, seconds in cpu.items() if name not in ON_ONE_NODE)
    drawing, beside = RENDER_SECONDS * rows / 3600, spread * rows / 3600
    parts = {"drawing": drawing / cores, "other shard stages": beside / cores, **alone}
    hours = sum(parts.values())
    return {
        "cpu_hours": drawing + beside + sum(alone.values()),
        "hours": hours,
        "dollars": hours * cores * DOLLARS_A_CORE_HOUR,
        "bottleneck": max(parts, key=lambda name: parts[name]),
        "share": max(parts.values()) / hours,
    }


def page(measured: Sequence[Mapping[str, Any]]) -> str:
    """Return the page in Markdown."""
    largest = max((one for one in measured if one["home"] == "local"), key=lambda one: int(one["rows"]))
    lines = [_HEAD]
    for one in measured:
        requests = sum(one.get("requests", {}).values())
        lines.append(
            f"| {one['home']} | {one['rows']:,} | {one['shard_rows']:,} | {one['total_cpu_seconds']:,.0f} | "
            f"{1000 * one['total_cpu_seconds'] / one['rows']:.1f} | {one['unchanged_cpu_seconds']:.1f} | "
            f"{max(one['peak_memory_mb'].values()):,.0f} | {requests or ''} |"
        )
    lines += [
        "",
        f"By stage, at {largest['rows']:,} rows:",
        "",
        "| stage | CPU ms a row | peak MB |",
        "|---|---:|---:|",
    ]
    lines += [
        f"| {name} | {1000 * seconds / largest['rows']:.2f} | {largest['peak_memory_mb'][name]:,.0f} |"
        for name, seconds in largest["cpu_seconds"].items()
    ]
    again = ROWS[0] * largest["unchanged_cpu_seconds"] / largest["rows"]
    lines.append(_AGAIN.format(rows=ROWS[0], seconds=again))
    alone = f"{', '.join(ON_ONE_NODE[:-1])} and {ON_ONE_NODE[-1]}"
    lines.append(
        _ESTIMATED.format(
            milliseconds=1000 * RENDER_SECONDS,
            measured=largest["rows"],
            alone=alone,
            price=DOLLARS_A_CORE_HOUR,
        )
    )
    for rows in ROWS:
        for cores in CORES:
            found = estimate(largest, rows, cores)
            lines.append(
                f"| {rows:,} | {cores:,} | {found['cpu_hours']:,.0f} | {found['hours']:,.1f} | "
                f"{found['dollars']:,.0f} | {found['bottleneck']}, {found['share']:.0%} |"
            )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", type=Path, nargs="+", help="JSON files of benchmarks.scale")
    asked = parser.parse_args(arguments)
    print(page([json.loads(path.read_text()) for path in asked.figures]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
