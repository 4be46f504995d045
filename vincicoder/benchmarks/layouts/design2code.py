"""Design2Code: 484 pages with placeholders for pictures, and 80 that are harder (HARD)."""

from __future__ import annotations

import re
from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.sample import Domain


def _finish(item: Item, found: Found) -> Item | None:
    name = item.item.rpartition("/")[2]
    if item.code is None and name == "rick":  # the placeholder that the pages show
        return None
    hard = re.fullmatch(r"g\d+", name) is not None or "hard" in found.place.lower()
    return replace(item, difficulty=item.difficulty or ("hard" if hard else "normal"))


BENCHMARK = Benchmark(
    name="design2code",
    source="NoviScl/Design2Code README.md (N.html, N.png, rick.jpg); the data sets SALT-NLP/Design2Code-hf, "
    "SALT-NLP/Design2Code-HARD (gN.html, gN.png); open-compass/VLMEvalKit@34aca82 "
    "vlmeval/dataset/design2code.py (TSV)",
    domain=Domain.WEB,
    language="html",
    code=("html",),
    ids=("img_fname",),
    hub=("SALT-NLP/Design2Code-hf",),
    split="train",
    finish=_finish,
)
