"""WebCode2M (Web2M): screenshots of real pages with their HTML, the style inside."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import ID, IMAGE, UNSTATED, Corpus, Reading, Row, read_code


def _read(row: Row) -> Reading:
    return read_code(row, "html")


CORPORA = (
    Corpus(
        name="webcode2m",
        hub_id="xcodemind/webcode2m",
        domain=Domain.WEB,
        languages=("html",),
        license=UNSTATED,
        citation="Y. Gui et al., WebCode2M: A Real-World Dataset for Code Generation from Webpage Designs, "
        "WWW 2025, arXiv:2404.06369",
        size="2,560,000 rows; 1.1 TB",
        columns={
            "code": ("text", "html", "code", "html_code", "source"),
            "image": IMAGE,
            "id": ("hash", *ID),
            "license": ("license",),
        },
        needs=(("code",),),
        read=_read,
        aliases=("web2m",),
        note="columns score, lang and tokens are made for `keep`",
    ),
)
