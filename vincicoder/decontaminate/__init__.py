"""Keeps the items of public benchmarks out of what is released: layouts, index, matching."""

from vincicoder.decontaminate.benchmarks import BENCHMARKS, Benchmark, BenchmarkError, ChosenBenchmark, choose
from vincicoder.decontaminate.index import BENCHMARK_COLUMNS, index_items
from vincicoder.decontaminate.layouts import Item, content_digest, read_items
from vincicoder.decontaminate.match import BenchmarkIndex, DecontaminationLimits, Leak, SignedRow

__all__ = [
    "BENCHMARKS",
    "BENCHMARK_COLUMNS",
    "Benchmark",
    "BenchmarkError",
    "BenchmarkIndex",
    "ChosenBenchmark",
    "DecontaminationLimits",
    "Item",
    "Leak",
    "SignedRow",
    "choose",
    "content_digest",
    "index_items",
    "read_items",
]
