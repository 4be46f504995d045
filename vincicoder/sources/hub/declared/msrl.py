"""MSRL: chart to code for structured reinforcement learning. No data is published: local folders only."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import (
    CODE,
    DIALOGUE,
    UNSTATED,
    Corpus,
    Reading,
    Row,
    read_answer,
)


def _read(row: Row) -> Reading:
    return read_answer(row, "python")


CORPORA = (
    Corpus(
        name="msrl",
        hub_id="",
        domain=Domain.CHART,
        languages=("python",),
        license=UNSTATED,
        citation="L. Chen et al., Breaking the SFT Plateau: Multimodal Structured Reinforcement Learning for "
        "Chart-to-Code Generation, 2025, arXiv:2508.13587",
        size="not published",
        columns={**DIALOGUE, "code": CODE},
        needs=(("conversation", "answer", "code"),),
        read=_read,
        note="JSON, JSON lines or Parquet with conversations, messages, an answer or code, and pictures",
    ),
)
