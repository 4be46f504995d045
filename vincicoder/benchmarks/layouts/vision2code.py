"""Vision2Code: pictures of fifteen other data sets, to be drawn in Python. There is no code: its judge is a
model, and what is measured here is execution and the picture.

`test_mini` is a part of `test`, so it is read only where it is asked for.
"""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain

_DOMAINS = {"ChemVQA-2K": Domain.MOLECULE}
_DRAWINGS = ("ChartQA", "dvqa", "figureqa", "matplotlib")


def _finish(item: Item, found: Found) -> Item:
    origin = str(found.row.get("source_dataset") or "")
    domain = Domain.CHART if origin in _DRAWINGS else _DOMAINS.get(origin, Domain.DIAGRAM)
    return replace(item, code=None, domain=domain.value, chart_type=origin)


BENCHMARK = Benchmark(
    name="vision2code",
    source="image2code/vision2code@465f955 docs/DATASET.md, @84821d9 data/fixture_kaggle/manifest.jsonl, "
    "@465f955 vision2code/generation/prompts.py",
    domain=Domain.CHART,
    language="python",
    images=("image_path", "image"),
    ids=("sample_id", "question_folder"),
    groups=("test", "test_mini"),
    aside=("test_mini",),
    tables=("manifest.jsonl", "test*.parquet"),
    has_pairs=False,
    finish=_finish,
)
