"""ImgCode-8.6M of MathCoder-VL: figures with the Python or TikZ code that a model wrote for them."""

from __future__ import annotations

from functools import partial

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import (
    CODE,
    DIALOGUE,
    Corpus,
    Reading,
    Row,
    read_answer,
    read_code,
)


def _read(language: str, row: Row) -> Reading:
    if row.get("code") is not None:
        return read_code(row, language)
    return read_answer(row, language)


def _corpus(part: str, language: str, domain: Domain) -> Corpus:
    return Corpus(
        name=f"imgcode-{part}",
        hub_id="MathLLMs/ImgCode-8.6M",
        domain=domain,
        languages=(language,),
        license="Apache-2.0",
        citation="K. Wang et al., MathCoder-VL: Bridging Vision and Code for Enhanced Multimodal "
        "Mathematical Reasoning, ACL 2025, arXiv:2505.10557",
        size="8,600,000 rows with both parts",
        columns={**DIALOGUE, "code": (*CODE, part, f"{part}_code", language, f"{language}_code", "text")},
        needs=(("conversation", "answer", "code"),),
        read=partial(_read, language),
        files=(f"*/{part}*/*", f"*/*{part}*"),
        aliases=(f"imgcode-8.6m-{part}", f"mathcoder-vl-{part}"),
        note=f"the files of the part {part}",
    )


CORPORA = (_corpus("python", "python", Domain.CHART), _corpus("tikz", "latex", Domain.LATEX))
