"""CoSyn-400K: ten kinds of text-rich pictures, by code that a model wrote in thirteen languages."""

from __future__ import annotations

import json
import re
from functools import partial

from vincicoder.guess_language import guess_language
from vincicoder.sample import Domain, Reason, Rejection
from vincicoder.sources.hub.corpus import (
    DOMAIN_OF_LANGUAGE,
    ID,
    MAX_ANSWER_CHARACTERS,
    Corpus,
    Reading,
    Row,
    malformed,
    read_code,
)
from vincicoder.sources.hub.self_contained import NotSelfContainedError, write_python_program
from vincicoder.sources.hub.vega_lite import write_vega_lite
from vincicoder.sources.packages.molecule_programs import Molecule, write_program

_MIXED = ("python", "html", "latex", "svg", "vega-lite", "mermaid", "graphviz", "asymptote", "lilypond")
# Configuration: domain where the language does not tell it, and its published size.
_CONFIGURATIONS: dict[str, tuple[Domain | None, str]] = {
    "chart": (Domain.CHART, "116,814 rows"),
    "chemical": (Domain.MOLECULE, "part of 400,000 rows"),
    "circuit": (Domain.DIAGRAM, "part of 400,000 rows"),
    "diagram": (Domain.DIAGRAM, "part of 400,000 rows"),
    "document": (None, "part of 400,000 rows"),
    "graphic": (None, "part of 400,000 rows"),
    "math": (None, "66,714 rows"),
    "music": (Domain.DIAGRAM, "part of 400,000 rows"),
    "nutrition": (None, "part of 400,000 rows"),
    "table": (None, "part of 400,000 rows"),
}
_DOCX = re.compile(r"^\s*(?:from|import) docx\b", re.MULTILINE)
_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()\\/=#$%.:*~]{1,2000}\Z")
_MAX_PARSED_CHARACTERS = 400_000
_NAME_FIELDS = ("name", "title", "compound", "molecule", "common_name", "iupac_name")


def _read(domain: Domain | None, row: Row) -> Reading:
    value, data = row.get("code"), row.get("data")
    if value is not None and not isinstance(value, str | bytes):
        return malformed(value, row.columns["code"], "")
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if text is None or not text.strip() or len(text) > MAX_ANSWER_CHARACTERS:
        return Reading(value, "python", domain)
    data = data if isinstance(data, str) else None if data is None else json.dumps(data)
    if domain is Domain.MOLECULE and _is_smiles(text):
        return Reading(_molecule(text.strip(), data), "python", domain)
    code = str(read_code(row, "").code)
    language = "docx" if _DOCX.search(code[:20_000]) else guess_language(code) or ""
    written: str = code
    rejection = None
    try:
        if len(code) > _MAX_PARSED_CHARACTERS:
            pass  # far over what cleaning lets through, and a syntax tree takes a hundred times the text
        elif language == "python":
            written = write_python_program(code, data)
        elif language == "vega-lite":
            written = write_vega_lite(code, data)
    except NotSelfContainedError as error:
        rejection = Rejection(Reason.COLLECT_NOT_SELF_CONTAINED, str(error)[:300])
    except (SyntaxError, ValueError, RecursionError):
        pass  # the cleaning stage says what is wrong with it
    return Reading(written, language, domain or DOMAIN_OF_LANGUAGE.get(language, "diagram"), rejection)


def _is_smiles(text: str) -> bool:
    return _SMILES.match(text.strip()) is not None


def _molecule(smiles: str, data: str | None) -> str:
    """Write the rdkit program around a SMILES, named as the row's data names it."""
    name = ""
    if data and data.lstrip().startswith("{"):
        try:
            fields = {str(key).lower(): value for key, value in json.loads(data).items()}
        except (ValueError, RecursionError, AttributeError):
            fields = {}
        name = next((str(fields[key]) for key in _NAME_FIELDS if isinstance(fields.get(key), str)), "")
    return write_program(Molecule(smiles, name, ""))


def _corpus(configuration: str, domain: Domain | None, size: str) -> Corpus:
    return Corpus(
        name=f"cosyn-{configuration}",
        hub_id="allenai/CoSyn-400K",
        domain=domain or Domain.WEB,
        languages=("python",) if domain is Domain.MOLECULE else _MIXED,
        license="ODC-By-1.0",
        citation="Y. Yang et al., Scaling Text-Rich Image Understanding via Code-Guided Synthetic Multimodal "
        "Data Generation, ACL 2025, arXiv:2502.14846",
        size=size,
        # The pictures have a random scale, crop and palette; they are handed on for comparison all the same.
        columns={
            "code": ("code", "source_code"),
            "data": ("data", "json_data", "csv"),
            "image": ("image", "images"),
            "id": ID,
        },
        needs=(("code",),),
        read=partial(_read, domain),
        files=(f"*/{configuration}/*", f"*/{configuration}-*", f"*/{configuration}.*"),
        aliases=(f"cosyn-400k-{configuration}", f"cosyn_{configuration}"),
        note=f"configuration {configuration}; functions are called with the row's data, docx is set aside",
    )


CORPORA = tuple(_corpus(name, domain, size) for name, (domain, size) in _CONFIGURATIONS.items())
