"""Image2Struct: LaTeX with its source; web pages and sheets of music as pictures alone.

The structure of a web page is an archive of a Jekyll site, which is not built here; music and what is `wild`
have none. HELM asks for a site of several files; here one document is asked for.
"""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import Benchmark, BenchmarkError, Found, Item
from vincicoder.sample import Domain, Language

_LATEX, _WEB = ("algorithm", "equation", "plot", "table"), ("css", "html", "javascript")
_WILD = ("wild", "wild_legacy")


def _finish(item: Item, found: Found) -> Item:
    """Raises BenchmarkError where nothing says which of the three data sets it is."""
    named = found.place.lower()
    item = replace(item, item=item.item.replace('"', ""))  # ids stand in quotes, which HELM takes away
    if item.group in _LATEX or (item.group not in _WEB and "latex" in named):
        given = str(found.row.get("structure") or "").strip()
        code = item.code if given in ("", "-") else given
        code = None if item.group in _WILD else code
        return replace(item, code=code, language=Language.LATEX.value, domain=Domain.LATEX.value)
    if item.group in _WEB or "webpage" in named:
        return replace(item, code=None, language=Language.HTML.value, domain=Domain.WEB.value)
    if item.group == "music" or "music" in named:
        return replace(item, code=None, language=Language.LILYPOND.value, domain=Domain.DIAGRAM.value)
    raise BenchmarkError(
        f"benchmark image2struct: {found.place} says not what its pictures show; keep the names of the data "
        "sets' folders: image2struct-latex-v1/equation, image2struct-webpage-v1/wild, ..."
    )


BENCHMARK = Benchmark(
    name="image2struct",
    source="stanford-crfm/helm@3fc8eb1 src/helm/benchmark/scenarios/vision_language/image2struct/"
    "*_scenario.py; the folders of the data sets stanford-crfm/image2struct-{latex,webpage,musicsheet}-v1",
    domain=Domain.LATEX,
    code=("text",),
    ids=("uuid",),
    groups=(*_LATEX, *_WEB, "music", *_WILD),
    tables=("validation*.parquet", "validation*.jsonl", "validation*.json"),
    has_pairs=False,
    hub=("stanford-crfm/image2struct-latex-v1",),
    configurations=_LATEX,
    split="validation",
    finish=_finish,
)
