"""StarVector's data sets: SVG files of many origins, with no pictures beside them."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import Corpus, Reading, Row, read_code

_SIZES = {
    "svg-stack": "2,200,000 rows",
    "svg-stack-simple": "not known",
    "svg-emoji": "10,043 rows",
    "svg-emoji-simple": "not known",
    "svg-icons": "89,000 rows",
    "svg-icons-simple": "not known",
    "svg-fonts": "1,800,000 rows",
    "svg-fonts-simple": "not known",
    "svg-diagrams": "not known",
    "svg-diagrams-simple": "not known",
    "text2svg-stack": "not known",
}


def _read(row: Row) -> Reading:
    return read_code(row, "svg")


def _corpus(name: str) -> Corpus:
    return Corpus(
        name=name,
        hub_id=f"starvector/{name}",
        domain=Domain.SVG,
        languages=("svg",),
        license="LicenseRef-mixed",
        citation="J. A. Rodriguez et al., StarVector: Generating Scalable Vector Graphics Code from Images "
        "and Text, CVPR 2025, arXiv:2312.11556",
        size=_SIZES[name],
        columns={
            "code": ("Svg", "svg_code", "svg_content", "code", "text"),
            "id": ("Filename", "file_name", "name", "id"),
            "license": ("license",),
        },
        needs=(("code",),),
        read=_read,
        aliases=(f"starvector-{name}",),
        note="licences are those of the files' authors; no pictures are published",
    )


CORPORA = tuple(_corpus(name) for name in _SIZES)
