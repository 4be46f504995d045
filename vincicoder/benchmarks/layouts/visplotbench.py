"""VisPlotBench: plots in eight languages, to be reproduced from their picture. Its data set holds no code."""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.render.registry import LANGUAGES
from vincicoder.sample import Domain

_LANGUAGES = ("asymptote", "html", "latex", "lilypond", "mermaid", "python", "svg", "vegalite")


def _finish(item: Item, found: Found) -> Item:
    del found
    return replace(item, domain=LANGUAGES[item.language].domain)


BENCHMARK = Benchmark(
    name="visplotbench",
    source="TIGER-AI-Lab/VisCoder2@4c63695 VisPlotBench/plotting_benchmark/benchmark.py; the data set "
    "TIGER-Lab/VisPlotBench@a828cd0 README.md (features)",
    domain=Domain.CHART,
    code=("ground_truth_code", "reference_code"),
    ids=("id",),
    chart_type=("vis_cate",),
    groups=_LANGUAGES,
    hub=("TIGER-Lab/VisPlotBench",),
    configurations=_LANGUAGES,
    finish=_finish,
)
