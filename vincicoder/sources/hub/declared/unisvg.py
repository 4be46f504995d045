"""UniSVG: pictures to SVG, texts to SVG, and questions about SVG; only the first is kept."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import (
    DIALOGUE,
    Corpus,
    Reading,
    Row,
    answers_of,
    other_task,
    question_of,
    read_answer,
)

_WANTED = "ISVGEN"


def _read(row: Row) -> Reading:
    """Rows with a type are sorted by it. Training rows have none: pictures to SVG are those whose question
    shows a picture and whose answer is SVG code."""
    kind = row.get("type")
    if kind is not None and str(kind).upper() != _WANTED:
        return _other(row, f"type {str(kind)!r}; kept is {_WANTED}")
    if kind is None and row.get("image") in (None, "", [], {}):
        return _other(row, "the row has no picture")
    if kind is None and row.get("conversation") is not None and "<image>" not in question_of(row):
        return _other(row, "the question shows no picture")
    return read_answer(row, "svg")


def _other(row: Row, detail: str) -> Reading:
    answers = answers_of(row)
    text = str(answers.code or "") if isinstance(answers, Reading) else "\n\n".join(answers)
    return other_task(text, "svg", detail)


CORPORA = (
    Corpus(
        name="unisvg",
        hub_id="lili24/UniSVG",
        domain=Domain.SVG,
        languages=("svg",),
        license="Apache-2.0",
        citation="J. Li et al., UniSVG: A Unified Dataset for Vector Graphic Understanding and Generation "
        "with Multimodal Large Language Models, ACM MM 2025, arXiv:2508.07766",
        size="525,000 rows",
        columns={**DIALOGUE, "type": ("type", "task", "task_type", "category")},
        needs=(("conversation", "answer"),),
        read=_read,
        note="only pictures to SVG (ISVGEN) are kept; pictures in png.zip",
    ),
)
