"""SVG-Bench (StarVector): the test splits of StarVector's data sets, which hold no pictures."""

from __future__ import annotations

from vincicoder.benchmarks.benchmark import Benchmark
from vincicoder.sample import Domain

_PARTS = ("stack", "emoji", "icons", "fonts", "diagrams")
_SIMPLE = tuple(f"svg-{part}-simple" for part in ("stack", "emoji", "icons", "fonts"))

BENCHMARK = Benchmark(
    name="svg-bench",
    source="the data sets starvector/svg-* (data/test-*.parquet, columns Filename and Svg); "
    "joanrod/star-vector@0e083c1 starvector/data",
    domain=Domain.SVG,
    language="svg",
    code=("svg",),
    ids=("filename",),
    groups=(*(f"svg-{part}" for part in _PARTS), *_SIMPLE),
    tables=("test*.parquet", "test*.jsonl", "test*.json"),
    hub=tuple(f"starvector/svg-{part}" for part in _PARTS),
)
