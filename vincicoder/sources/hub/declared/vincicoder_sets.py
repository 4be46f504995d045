"""VinciCoder's own published sets, so that a release of theirs can be rendered and checked again."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import (
    ANSWER,
    DIALOGUE,
    QUESTION,
    UNSTATED,
    Corpus,
    Reading,
    Row,
    read_answer,
)

_CITATION = (
    "X. Zhao et al., VinciCoder: Unifying Multimodal Code Generation via Coarse-to-fine Visual Reinforcement "
    "Learning, 2025, arXiv:2511.00391"
)
# One file a task: its name tells the domain and the language that its fences often do not.
_OF_FILE = (
    ("chem", Domain.MOLECULE, "python"),
    ("mol", Domain.MOLECULE, "python"),
    ("chart", Domain.CHART, "python"),
    ("web", Domain.WEB, "html"),
    ("html", Domain.WEB, "html"),
    ("svg", Domain.SVG, "svg"),
    ("tikz", Domain.LATEX, "latex"),
    ("latex", Domain.LATEX, "latex"),
)


def _read(row: Row) -> Reading:
    """The corrected code of a refinement row is read like any other: it is the picture's code."""
    entry_of_file = next((entry for entry in _OF_FILE if entry[0] in row.file.lower()), None)
    reading = read_answer(row, None)
    if reading.rejection is not None and entry_of_file is not None and row.get("answer"):
        reading = read_answer(row, entry_of_file[2])
    domain = (
        entry_of_file[1]
        if entry_of_file is not None and reading.language == entry_of_file[2]
        else reading.domain
    )
    if entry_of_file is None and reading.language == "python" and "rdkit" in str(reading.code):
        domain = Domain.MOLECULE
    return Reading(reading.code, reading.language, domain, reading.rejection)


def _corpus(name: str, hub_id: str, size: str, aliases: tuple[str, ...]) -> Corpus:
    return Corpus(
        name=name,
        hub_id=hub_id,
        domain=Domain.CHART,
        languages=("python", "html", "svg", "latex"),
        license=UNSTATED,
        citation=_CITATION,
        size=size,
        columns={
            **DIALOGUE,
            "answer": ("assistant_content", *ANSWER),
            "question": ("user_content", *QUESTION),
        },
        needs=(("answer", "conversation"),),
        read=_read,
        aliases=aliases,
        note="one Parquet file a task; its name gives the domain",
    )


CORPORA = (
    _corpus("vincicoder-sft", "DocTron-Hub/VinciCoder-1.6M-SFT", "1,600,000 rows", ("vincicoder-1.6m-sft",)),
    _corpus("vincicoder-rl", "DocTron-Hub/VinciCoder-42k-RL", "42,000 rows", ("vincicoder-42k-rl",)),
)
