"""Public benchmarks in their published layouts: the items that training must not see and that models are
judged by."""

from vincicoder.benchmarks.benchmark import LAYOUT_VERSION, Benchmark, BenchmarkError, Item
from vincicoder.benchmarks.choose import ChosenBenchmark, choose, choose_one
from vincicoder.benchmarks.layouts import BENCHMARKS
from vincicoder.benchmarks.reading import content_digest, read_items

__all__ = [
    "BENCHMARKS",
    "LAYOUT_VERSION",
    "Benchmark",
    "BenchmarkError",
    "ChosenBenchmark",
    "Item",
    "choose",
    "choose_one",
    "content_digest",
    "read_items",
]
