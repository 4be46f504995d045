"""DaTikZ, versions 1 to 4: TikZ drawings from papers, question sites and synthesis."""

from __future__ import annotations

from vincicoder.sample import Domain
from vincicoder.sources.hub.corpus import ID, Corpus, Reading, Row, read_code

_VERSIONS = (
    ("datikz-v1", "nllg/datikz", "49,692 rows", "LicenseRef-mixed", ("datikz",)),
    ("datikz-v2", "nllg/datikz-v2", "94,532 rows", "LicenseRef-mixed", ()),
    ("datikz-v3", "nllg/datikz-v3", "not known", "LicenseRef-mixed", ()),
    ("datikz-v4", "nllg/DaTikZ-V4", "450,000 rows", "Apache-2.0", ()),
)


def _read(row: Row) -> Reading:
    return read_code(row, "latex")


def _corpus(name: str, hub_id: str, size: str, terms: str, aliases: tuple[str, ...]) -> Corpus:
    return Corpus(
        name=name,
        hub_id=hub_id,
        domain=Domain.LATEX,
        languages=("latex",),
        license=terms,
        citation="J. Belouadi et al., DeTikZify: Synthesizing Graphics Programs for Scientific Figures and "
        "Sketches with TikZ, NeurIPS 2024, arXiv:2405.15306; TikZero, 2025, arXiv:2503.11509",
        size=size,
        # Version 4 renamed the columns. `uri` is not unique: many drawings come from one page.
        columns={
            "code": ("code", "tikz_code", "tikz", "latex", "tex"),
            "image": ("image", "png_image", "png"),
            "id": ID,
            "license": ("license",),
        },
        needs=(("code",),),
        read=_read,
        aliases=aliases,
        note="the drawings taken from arXiv are not in the published files of versions 2 and 3",
    )


CORPORA = tuple(_corpus(*version) for version in _VERSIONS)
