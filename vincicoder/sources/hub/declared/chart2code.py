"""Chart2Code-160k of ChartCoder: charts with the matplotlib and seaborn programs that drew them."""

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
    """Answers are programs, or four steps of thought that end with the program. In some hundred rows the
    fence stands after the first import."""
    return read_answer(row, "python")


CORPORA = (
    Corpus(
        name="chart2code-160k",
        hub_id="xxxllz/Chart2Code-160k",
        domain=Domain.CHART,
        languages=("python",),
        license=UNSTATED,
        citation="X. Zhao et al., ChartCoder: Advancing Multimodal Large Language Model for Chart-to-Code "
        "Generation, ACL 2025, arXiv:2501.06598",
        size="160,000 rows",
        columns={**DIALOGUE, "code": CODE},
        needs=(("conversation", "answer", "code"),),
        read=_read,
        files=("*/json.tar.gz", "*chart2code*.json*"),
        aliases=("chart2code", "chartcoder", "chart2code_160k"),
        note="json.tar.gz, with the pictures in archives beside it",
    ),
)
