"""DaTikZ: TikZ drawings; of each version the test split."""

from __future__ import annotations

from vincicoder.benchmarks.benchmark import Benchmark
from vincicoder.sample import Domain

BENCHMARK = Benchmark(
    name="datikz",
    source="potamides/DeTikZify@e2c3558 examples/eval.py (columns code, image, caption, uri; tikz_code and "
    "png_image in version 4)",
    domain=Domain.LATEX,
    language="latex",
    code=("code", "tikz_code"),
    images=("image", "png_image"),
    ids=("uri", "file_id"),
    tables=("test*.parquet", "test*.jsonl", "test*.json"),
    hub=("nllg/datikz", "nllg/datikz-v2", "nllg/datikz-v3"),
)
