"""Keeps the items of public benchmarks out of what is released: their index, and matching."""

from vincicoder.decontaminate.index import BENCHMARK_COLUMNS, index_items
from vincicoder.decontaminate.match import BenchmarkIndex, DecontaminationLimits, Leak, SignedRow

__all__ = [
    "BENCHMARK_COLUMNS",
    "BenchmarkIndex",
    "DecontaminationLimits",
    "Leak",
    "SignedRow",
    "index_items",
]
