"""Compares the engine with the usual way: CPU seconds a sample, side by side, sandbox on.

    python -m benchmarks.render --samples 60 --json render.json
    python -m benchmarks.render --samples 60 --throughput --sandbox-cost --json render.json

Each sample is rendered by the engine (one warm worker, pixels out, hashes off) and then the usual way
(`benchmarks/naive/`), in turn, so that a noisy machine is noisy for both. All processes are counted.
Only samples that both ways rendered are compared; `failed_*` count the others. The ratio of sums is ruled by
the few samples that compute for seconds: `ratio_sums_from` and `ratio_sums_to` bound the middle 90% of what
other samples, drawn with repetition from these, would have given. `ratio_middle` is that of the middle 80% of
samples by the usual way's time: the few that compute for seconds take as long in any engine.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.processor_time import ended_children_seconds, own_seconds, tree_seconds
from benchmarks.samples import pick_typical
from benchmarks.throughput import measure_confinement, measure_sandbox, measure_throughput
from vincicoder.render import RenderEngine, RenderRequest, RenderResult, RenderStatus
from vincicoder.render.registry import LANGUAGES
from vincicoder.render.sandbox.kernel import adopt_orphans

# Charts only: molecules are drawn by another library in a few milliseconds and would flatter the ratio.
_DOMAINS = {"python": "chart"}
_WARM_UP_SAMPLES = 3
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Comparison:
    """One language's figures; times are CPU milliseconds a sample."""

    ratio_sums: float
    ratio_sums_from: float
    ratio_sums_to: float
    ratio_middle: float
    ratio_median: float
    naive_ms: float
    engine_ms: float
    failed_naive: int
    failed_engine: int
    compared: int


def render_one(engine: RenderEngine, language: str, code: str) -> tuple[RenderResult, float]:
    guards = engine.worker_processes()
    tree_before, own_before = tree_seconds(guards), own_seconds()
    (result,) = engine.render([RenderRequest("sample", language, code)])
    own = own_seconds() - own_before
    return result, own + tree_seconds(guards) - tree_before


def compare(language: str, samples: list[str]) -> tuple[Comparison, list[str]]:
    """Render the samples both ways and compare; return also the samples that were compared."""
    naive = importlib.import_module(f"benchmarks.naive.{language}")
    pairs: list[tuple[float, float]] = []
    compared: list[str] = []
    failed_naive = failed_engine = 0
    with RenderEngine(workers=1, output="pixels", measure=False) as engine:
        for code in samples[:_WARM_UP_SAMPLES]:
            render_one(engine, language, code)
            naive.render(code, (512, 512))
        for code in samples:
            result, engine_seconds = render_one(engine, language, code)
            own_before, children_before = own_seconds(), ended_children_seconds()
            pixels = naive.render(code, (result.width or 512, result.height or 512))
            naive_seconds = ended_children_seconds() - children_before + own_seconds() - own_before
            rendered = result.status is RenderStatus.RENDERED
            failed_engine += not rendered
            failed_naive += pixels is None
            if rendered and pixels is not None:
                pairs.append((naive_seconds, engine_seconds))
                compared.append(code)
    low, high = _interval(pairs)
    naive_times, engine_times = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    comparison = Comparison(
        ratio_sums=_ratio(pairs),
        ratio_sums_from=low,
        ratio_sums_to=high,
        ratio_middle=_ratio(_middle(pairs)),
        ratio_median=round(statistics.median(naive_times) / statistics.median(engine_times), 2),
        naive_ms=round(statistics.fmean(naive_times) * 1000, 2),
        engine_ms=round(statistics.fmean(engine_times) * 1000, 2),
        failed_naive=failed_naive,
        failed_engine=failed_engine,
        compared=len(pairs),
    )
    return comparison, compared


def _ratio(pairs: list[tuple[float, float]]) -> float:
    return round(sum(naive for naive, _ in pairs) / sum(engine for _, engine in pairs), 2)


def _middle(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the pairs but for the tenths that the usual way drew fastest and slowest."""
    edge = len(pairs) // 10
    return sorted(pairs)[edge : len(pairs) - edge]


def _interval(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the 5th and the 95th percentile of the ratio of sums by bootstrap (Efron 1979)."""
    chance = random.Random(0)
    ratios = []
    for _ in range(_RESAMPLES):
        ratios.append(_ratio(chance.choices(pairs, k=len(pairs))))
    cuts = statistics.quantiles(ratios, n=20)
    return round(cuts[0], 2), round(cuts[-1], 2)


def main() -> None:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=60, help="samples per language")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument(
        "--languages", nargs="+", default=["python", "html", "svg", "latex"], choices=list(LANGUAGES)
    )
    parser.add_argument("--throughput", action="store_true", help="also two workers against one")
    parser.add_argument("--sandbox-cost", action="store_true", help="also with the sandbox against without")
    options = parser.parse_args()
    adopt_orphans()  # so that the processes that browsers leave behind are counted
    figures: dict[str, Any] = {}
    columns = (
        "ratio_sums",
        "ratio_sums_from",
        "ratio_sums_to",
        "ratio_middle",
        "ratio_median",
        "naive_ms",
        "engine_ms",
        "failed_naive",
        "failed_engine",
        "compared",
    )
    print(" ".join(f"{name:>15}" for name in ("language", *columns)), flush=True)
    pools: dict[str, list[str]] = {}
    for language in options.languages:
        samples = pick_typical(language, options.samples, _DOMAINS.get(language, ""))
        comparison, pools[language] = compare(language, samples)
        figures[language] = asdict(comparison)
        print(
            " ".join(f"{text!s:>15}" for text in (language, *(figures[language][key] for key in columns))),
            flush=True,
        )
        _save(options.json, figures)
    if options.sandbox_cost:
        figures["sandbox"] = {name: asdict(measure_sandbox(name, pool)) for name, pool in pools.items()}
        if "python" in pools:
            figures["sandbox"]["a fork of python"] = asdict(measure_confinement())
        for name, cost in figures["sandbox"].items():
            print(f"sandbox, {name}: {cost}", flush=True)
        _save(options.json, figures)
    if options.throughput:
        figures["throughput"] = {name: asdict(rate) for name, rate in measure_throughput(pools).items()}
        for name, rate in figures["throughput"].items():
            print(f"throughput, {name}: {rate}", flush=True)
        _save(options.json, figures)


def _save(path: Path | None, figures: dict[str, Any]) -> None:
    if path is not None:
        path.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
