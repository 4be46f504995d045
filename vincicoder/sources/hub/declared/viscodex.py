"""The Multimodal Coding Dataset of VisCodex: charts and web pages; questions and algorithms beside them."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import (
    DIALOGUE,
    UNSTATED,
    Corpus,
    Reading,
    Row,
    answers_of,
    other_task,
    read_answer,
)


def _read(row: Row) -> Reading:
    """The category decides; where there is none, what the answer holds."""
    category = row.get("category")
    if category is None:
        return read_answer(row, None)
    named = str(category).lower()
    if "chart" in named or "plot" in named:
        return _of(row, "python", Domain.CHART)
    if "html" in named or "web" in named:
        return _of(row, "html", Domain.WEB)
    answers = answers_of(row)
    text = answers.code or "" if isinstance(answers, Reading) else "\n\n".join(answers)
    return other_task(
        str(text), "", f"category {str(category)!r}: only charts and web pages are drawn by code"
    )


def _of(row: Row, language: str, domain: Domain) -> Reading:
    reading = read_answer(row, language)
    return Reading(reading.code, language, domain, reading.rejection)


CORPORA = (
    Corpus(
        name="viscodex-mcd",
        hub_id="lingjie23/MultimodalCodingDataset",
        domain=Domain.CHART,
        languages=("python", "html"),
        license=UNSTATED,
        citation="L. Jiang et al., VisCodex: Unified Multimodal Code Generation via Merging Vision and "
        "Coding Models, 2025, arXiv:2508.09945",
        size="598,000 rows: 210,000 charts, 200,000 pages; 1.7 GB, pictures 19 GB",
        columns={**DIALOGUE, "category": ("category", "type", "task", "task_type", "source")},
        needs=(("conversation", "answer"),),
        read=_read,
        files=("*/mcd_598k.json*", "*/mcd*.json*"),
        aliases=("mcd", "viscodex", "multimodalcodingdataset"),
        note="mcd_598k.json, with the pictures in mcd_images.zip; questions and algorithms are rejected",
    ),
)
