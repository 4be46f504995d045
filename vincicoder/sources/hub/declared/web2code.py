"""Web2Code: screenshots of web pages with their HTML, and questions about them."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import (
    DIALOGUE,
    Corpus,
    Reading,
    Row,
    read_answer,
)


def _read(row: Row) -> Reading:
    """Generation and questions are mixed; only the answer distinguishes them."""
    return read_answer(row, "html")


CORPORA = (
    Corpus(
        name="web2code",
        hub_id="MBZUAI/Web2Code",
        domain=Domain.WEB,
        languages=("html",),
        license="MIT",
        citation="S. Yun et al., Web2Code: A Large-scale Webpage-to-Code Dataset and Evaluation Framework "
        "for Multimodal LLMs, NeurIPS 2024, arXiv:2406.20098",
        size="1,179,626 rows; 1.6 GB, pictures 29.6 GB",
        columns=DIALOGUE,
        needs=(("conversation", "answer"),),
        read=_read,
        files=("*/web2code.json*",),
        aliases=("web2code-mbzuai",),
        note="Web2Code.json, with the pictures in Web2Code_image.zip; questions are rejected",
    ),
)
