"""SArena: of its tasks the pictures to SVG, of icons, illustrations and chemistry."""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain


def _finish(item: Item, found: Found) -> Item:
    own, code = str(found.row.get("id", "")), item.code
    if found.folder is not None and own and "/" not in own and ".." not in own:
        file = found.folder / "svg" / f"{own}.svg"
        code = file.read_text("utf-8", errors="replace") if file.is_file() else code
    return replace(item, code=code)


BENCHMARK = Benchmark(
    name="sarena",
    source="hmwang2002/InternSVG@15502e1 README.md (folders), metrics/inference/inference.py "
    "(img2svg.jsonl), evaluate_gen.py (svg/ID.svg)",
    domain=Domain.SVG,
    language="svg",
    images=("image",),
    ids=("id",),
    groups=("Icon", "illustration", "chemistry"),
    tables=("img2svg.jsonl",),
    has_pairs=False,
    finish=_finish,
)
