"""Molecules: PubChem's SMILES as the `chemicals` package ships them, each made a program that draws it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from vincicoder.sample import Domain, Language, RawSample
from vincicoder.sources.base import SourceInfo
from vincicoder.sources.corpora import pypi_package, pypi_version
from vincicoder.sources.packages.molecule_programs import Molecule, write_program

_TABLE = "chemicals/Identifiers/chemical identifiers pubchem large.tsv"
_IDENTIFIER_COLUMN, _FORMULA_COLUMN, _SMILES_COLUMN, _NAME_COLUMN, _COLUMNS = 0, 2, 4, 8, 9


class ChemicalsSource:
    """One row a molecule of the table, in the table's order; the id is PubChem's compound id."""

    info = SourceInfo(
        name="chemicals",
        domain=Domain.MOLECULE,
        languages=(Language.PYTHON,),
        license="MIT",
        origin=f"PyPI wheel of chemicals, {_TABLE}; the drawing programs are written around its SMILES",
        citation="C. Bell et al., Chemicals: Chemical properties component of ChEDL, 2016-2026",
    )

    @cached_property
    def _lines(self) -> list[bytes]:
        table: Path = pypi_package("chemicals") / _TABLE
        with table.open("rb") as lines:
            # The rest of a line, often thousands of characters, is further names.
            return [b"\t".join(line.split(b"\t", _COLUMNS)[:_COLUMNS]) for line in lines]

    def revision(self) -> str:
        return pypi_version("chemicals")

    def count(self) -> int:
        return len(self._lines)

    def rows(self, start: int, stop: int) -> Iterator[RawSample]:
        for line in self._lines[start:stop]:
            columns = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
            code = None
            if len(columns) > _SMILES_COLUMN and columns[_SMILES_COLUMN]:
                name = columns[_NAME_COLUMN] if len(columns) > _NAME_COLUMN else ""
                code = write_program(Molecule(columns[_SMILES_COLUMN], name, columns[_FORMULA_COLUMN]))
            yield RawSample(
                source_id=columns[_IDENTIFIER_COLUMN],
                code=code,
                language=self.info.languages[0],
                domain=self.info.domain,
                license=self.info.license,
            )


def create_sources() -> list[ChemicalsSource]:
    """Return the molecule source. Nothing is read until it is used."""
    return [ChemicalsSource()]
