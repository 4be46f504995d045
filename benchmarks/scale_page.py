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
STAGE_SECONDS = 2 * 97 / 2757
RENDER_SECONDS = STAGE_SECONDS + 2 * 46 / 2757
# Of unchanged builds: planning 8,000 rows of JSON lines; 300 shards of few rows; what both have alike.
PLAN_SECONDS, SHARD_SECONDS, FIXED_SECONDS = 22e-6, 6.2e-3, 0.4
UNCHANGED_SHARD_ROWS = 2_000
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
CPU seconds a row grow with the load: these were measured while other work kept the two cores at load 9 to
11; earlier code took 7.7 ms a row for the same 2,000 rows on a calmer machine. From 800 rows (at 200 a shard)
to 2,000 and 8,000 no shard stage took over a fifth more a row; two workers took 5 to 10% more than one in
all. One shard is in memory at 2,000 rows and two are at 8,000, which is why the peaks differ. No run was
larger: that peaks stay the same at 1,600,000 rows was not seen.

Three costs grew with shards or rows more than in proportion, or took memory in proportion to them:

- Publishing summed the sizes of all small tables that wait for the catalogue after each one: 0.5 CPU s
  for 110 outputs, 8 for 440 (20,000 rows at 500 a shard, which were once seen to cost more a row than
  2,000), an hour for the 9,600 of 1,600,000 rows. It now takes as long as there are tables.
- The ids of rows in JSON lines were kept as texts to find those that repeat; now 8 bytes a row are.
- A look into the cache of renders went over all its places: 20 CPU ms for 200 keys among 1,600,000, some 30
  times a shard of 2,000 rows. It now takes 1.3 ms. On a local home a look also lists all outputs, 3 CPU ms
  for 800 of them: some 0.1 ms a row at 1,600,000 rows, and more with more shards. On a store that is done
  every 30 seconds at most. **Listing is not mended.**

## Unchanged

A build that finds nothing to do plans the corpus, reads the marker of each output and compares the stamps
of its files; it hashes only what was touched ([what that sees and what not](faults.md)). Planning JSON
lines whose rows have ids takes {plan:.0f} CPU microseconds a row, the outputs of a shard {shard:.0f} CPU
ms, the rest {fixed:.1f} s (load 7 to 9). So {rows:,} rows in {shards:,} shards would take about
{seconds:,.0f} CPU seconds: by proportion, not run. Before, every file was hashed, the pictures of the
release too.

On S3, an unchanged build of 20 shards took 292 GET requests (a marker each, and the composed tables), and
no table of the release was fetched.

## Storage beside drawing

Of the render stage, {render:.1f} CPU ms a row are not drawing (at {measured:,} rows, {size:,} a shard;
the stand-in's own drawing of 64x64 pixels is in it){s3}. The render stage of the default build takes
{drawn:.0f} ms of a core a row, so this is {share:.1%} of it. Real programs in shards of 2,000 were not
measured."""
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
    lines.append(_again(measured, largest))
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


def _again(measured: Sequence[Mapping[str, Any]], largest: Mapping[str, Any]) -> str:
    shards = ROWS[0] // UNCHANGED_SHARD_ROWS
    stored = [1000 * one["cpu_seconds"]["render"] / one["rows"] for one in measured if one["home"] != "local"]
    render = largest["cpu_seconds"]["render"] / largest["rows"]
    return _AGAIN.format(
        plan=1e6 * PLAN_SECONDS,
        shard=1000 * SHARD_SECONDS,
        fixed=FIXED_SECONDS,
        rows=ROWS[0],
        shards=shards,
        seconds=ROWS[0] * PLAN_SECONDS + shards * SHARD_SECONDS + FIXED_SECONDS,
        render=1000 * render,
        measured=largest["rows"],
        size=largest["shard_rows"],
        s3=f", {stored[-1]:.1f} with the home on S3" if stored else "",
        drawn=1000 * STAGE_SECONDS,
        share=render / STAGE_SECONDS,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", type=Path, nargs="+", help="JSON files of benchmarks.scale")
    asked = parser.parse_args(arguments)
    print(page([json.loads(path.read_text()) for path in asked.figures]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
