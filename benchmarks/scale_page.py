"""Writes docs/scale.md from the figures of `benchmarks.scale`: what N rows cost on how many cores.

python -m benchmarks.scale_page scale-100000.json scale-1600000.json real.json speed.json > docs/scale.md
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Of the default build on two quiet cores (docs/measurements.md): render and refine, for 2,757 rows.
RENDER_SECONDS = 2 * (137 + 47) / 2757
DOLLARS_A_CORE_HOUR = 0.04
COMPARED_ROWS = 100_000  # smaller runs say what processes do
ROWS = (1_600_000, 100_000_000)
CORES = (64, 512, 4_096)
# Stages that one process does for all shards; the others run on any number of nodes.
ON_ONE_NODE = ("dedup_code", "verify_source", "dedup", "compose", "publish")

_TEMPLATE = Path(__file__).with_suffix(".md")


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
    """Return the page in Markdown, of figures of `benchmarks.scale` and `benchmarks.cluster --speed`."""
    replayed = [one for one in measured if one.get("renderer") == "replay"]
    local = sorted((one for one in replayed if one["home"] == "local"), key=lambda one: int(one["rows"]))
    many = local[-1]
    few = next(one for one in local if one["rows"] >= COMPARED_ROWS)
    small = {one["processes"]: one["total_seconds"] for one in local if one["rows"] == local[0]["rows"]}
    store = max((one for one in replayed if one["home"] != "local"), key=lambda one: int(one["rows"]))
    return _TEMPLATE.read_text(encoding="utf-8").format(
        measured="\n".join(_row(one) for one in replayed if one["rows"] >= COMPARED_ROWS),
        few=few["rows"],
        many=many["rows"],
        stages="\n".join(_stage(name, few, many) for name in many["cpu_seconds"]),
        beside="\n".join(_beside(one) for one in measured if one.get("renderer") == "real"),
        one_process=small[1],
        two_processes=small[2],
        four_processes=small[4],
        s3_rows=store["rows"],
        s3_gets=store["unchanged_requests"]["GET"],
        drawing=1000 * RENDER_SECONDS,
        alone=f"{', '.join(ON_ONE_NODE[:-1])} and {ON_ONE_NODE[-1]}",
        price=DOLLARS_A_CORE_HOUR,
        estimated="\n".join(_estimated(many, rows, cores) for rows in ROWS for cores in CORES),
        **_nodes(next(one for one in measured if "render_ratio" in one)),
    )


def _beside(one: Mapping[str, Any]) -> str:
    return (
        f"| {one['home']} | {one['rows']:,} | {one['shard_rows']:,} | {one['seconds']['render']:.1f} | "
        f"{one['cpu_seconds']['render']:.1f} | {one['render_share_beside_drawing']:.1%} |"
    )


def _estimated(many: Mapping[str, Any], rows: int, cores: int) -> str:
    found = estimate(many, rows, cores)
    return (
        f"| {rows:,} | {cores:,} | {found['cpu_hours']:,.0f} | {found['hours']:,.1f} | "
        f"{found['dollars']:,.0f} | {found['bottleneck']}, {found['share']:.0%} |"
    )


def _row(one: Mapping[str, Any]) -> str:
    requests = sum(one.get("requests", {}).values())
    size = f"{one['bytes'] / 1e9:.1f}" if "bytes" in one else ""
    return (
        f"| {one['home']} | {one['rows']:,} | {one['shard_rows']:,} | {one['total_seconds']:,.0f} | "
        f"{one['total_cpu_seconds']:,.0f} | {1000 * one['total_cpu_seconds'] / one['rows']:.1f} | "
        f"{one['unchanged_seconds']:.1f} | {one['unchanged_cpu_seconds']:.1f} | {size} | {requests or ''} |"
    )


def _stage(name: str, few: Mapping[str, Any], many: Mapping[str, Any]) -> str:
    first, last = (1000 * one["cpu_seconds"][name] / one["rows"] for one in (few, many))
    low, high = (one["peak_memory_mb"][name] for one in (few, many))
    return f"| {name} | {first:.2f} | {last:.2f} | {low:,.0f} | {high:,.0f} | {high / low:.2f} |"


def _nodes(one: Mapping[str, Any]) -> dict[str, float]:
    first, second = (one["nodes"][name] for name in ("1", "2"))
    return {
        "node_rows": one["rows"],
        "cores": one["node_cores"],
        "first": first["render_samples_per_second"],
        "second": second["render_samples_per_second"],
        "ratio": one["render_ratio"],
        "node_shards": one["rows"] // one["node_shard_rows"],
        "node_shard_rows": one["node_shard_rows"],
        "all_first": first["samples_per_second"],
        "all_second": second["samples_per_second"],
        "all_ratio": one["ratio"],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", type=Path, nargs="+", help="JSON files of the benchmarks")
    asked = parser.parse_args(arguments)
    print(page([json.loads(path.read_text()) for path in asked.figures]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
