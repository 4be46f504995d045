"""Omni-I2C: figures of eight subjects in Python, HTML, LaTeX, SVG and SMILES.

The data was not seen: columns are those that its evaluator reads. A SMILES becomes the program that draws it,
which is what is asked for here.
"""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, Found, Item
from vincicoder.benchmarks.layouts.molecules import program_of_smiles
from vincicoder.render.registry import LANGUAGES
from vincicoder.sample import Domain, Language

_LANGUAGES = ("python", "html", "latex", "svg")


def _finish(item: Item, found: Found) -> Item | None:
    kind = str(found.row.get("code_type") or "").lower()
    if "smiles" in kind:
        code = program_of_smiles(item.code) if item.code else None
        molecule = Domain.MOLECULE.value
        return replace(item, code=code, language=Language.PYTHON.value, domain=molecule, is_source=False)
    kind = kind.replace("tikz", "latex")
    language = next((name for name in _LANGUAGES if name in kind), None)
    if language is None:
        return None
    return replace(item, language=language, domain=LANGUAGES[language].domain)


BENCHMARK = Benchmark(
    name="omni-i2c",
    source="MiliLab/Omni-I2C@e300e6f README.md (Image2Code_Full.tsv), eval_pipeline/step1_execute.py, "
    "step2_evaluate.py and step3_evaluate.py (index, code_type, answer, subject, figure_type)",
    domain=Domain.CHART,
    code=("answer",),
    ids=("index",),
    chart_type=("figure_type",),
    tables=("*.tsv", "*.jsonl", "*.parquet"),
    has_pairs=False,
    finish=_finish,
)
