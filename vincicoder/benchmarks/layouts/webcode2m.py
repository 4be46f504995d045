"""WebCode2M: screenshots of real pages, in three lengths of their code. Only its test set is read."""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain


def _finish(item: Item, found: Found) -> Item:
    del found
    return replace(item, difficulty=item.difficulty or item.group)


BENCHMARK = Benchmark(
    name="webcode2m",
    source="the data set xcodemind/webcode2m_test (short.parquet, mid.parquet, long.parquet) and the columns "
    "of xcodemind/webcode2m",
    domain=Domain.WEB,
    language="html",
    code=("html", "text"),
    images=("image", "screenshot"),
    ids=("hash",),
    groups=("short", "mid", "long"),
    tables=("short*.parquet", "mid*.parquet", "long*.parquet", "test*.parquet", "*.jsonl", "*.json"),
    hub=("xcodemind/webcode2m_test",),
    finish=_finish,
)
