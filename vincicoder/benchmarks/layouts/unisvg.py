"""UniSVG: of its test set the items of ISVGEN, pictures to SVG."""

from __future__ import annotations

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain


def _finish(item: Item, found: Found) -> Item | None:
    kind = found.row.get("type") or found.row.get("category")
    return item if kind is None or str(kind).upper() == "ISVGEN" else None


BENCHMARK = Benchmark(
    name="unisvg",
    source="the data set lili24/UniSVG (test.json, png.zip); open-compass/VLMEvalKit@3529626 "
    "vlmeval/dataset/uni_svg.py (TSV)",
    domain=Domain.SVG,
    language="svg",
    code=("a_text", "svg", "answer"),
    images=("png", "png_image", "image", "image_path"),
    tables=("test*.json", "test*.jsonl", "test*.parquet", "*.tsv"),
    hub=("lili24/UniSVG",),
    finish=_finish,
)
