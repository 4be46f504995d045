"""Molecules: programs of many styles, the same for the same molecule, that rdkit runs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.sources.layout import all_rows, write_files
from vincicoder.sources.base import SourceUnavailableError
from vincicoder.sources.packages.molecule_programs import STYLES, Molecule, write_program
from vincicoder.sources.packages.molecules import create_sources

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "chemicals/Identifiers/chemical identifiers pubchem large.tsv"
_ASPIRIN = "2244\t50-78-2\tC9H8O4\t180.16\tCC(=O)OC1=CC=CC=C1C(=O)O\tinchi\tkey\tiupac\taspirin\tmore\tnames"
_SMILES = [
    "CCO",
    "CC(=O)OC1=CC=CC=C1C(=O)O",
    "C1CCCCC1",
    "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
    "[Na+].[Cl-]",
    "C[C@H](N)C(=O)O",
    *("C" * length + "O" for length in range(2, 40)),
]


def test_rows_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    (source,) = create_sources()
    with pytest.raises(SourceUnavailableError, match=r"'chemicals' is not unpacked .*setup corpora"):
        source.count()
    long_name = "7\t\tCH4\t16\tC\ti\tk\tu\t" + "m" * 41
    write_files(tmp_path / "pypi" / "chemicals-1.5.2", {_TABLE: f"{_ASPIRIN}\n{long_name}\nbroken\n"})
    (source,) = create_sources()
    aspirin, methane, broken = all_rows(source)
    assert source.revision() == "chemicals==1.5.2"
    assert aspirin.source_id == "2244" and aspirin.language == "python" and aspirin.domain == "molecule"
    assert isinstance(aspirin.code, str) and "'CC(=O)OC1=CC=CC=C1C(=O)O'" in aspirin.code
    assert methane.code is not None and "m" * 41 not in methane.code
    assert (broken.source_id, broken.code) == ("broken", None)


def test_the_style_is_fixed_by_the_molecule_and_all_styles_occur() -> None:
    programs = {smiles: write_program(Molecule(smiles, "", "X")) for smiles in _SMILES}
    assert all(write_program(Molecule(smiles, "", "X")) == code for smiles, code in programs.items())
    bodies = {code.replace(repr(smiles), "S") for smiles, code in programs.items()}
    assert len(STYLES) >= 6 and len(bodies) > 2 * len(STYLES)


def test_a_quote_in_a_name_cannot_leave_its_string() -> None:
    for smiles in _SMILES:
        compile(write_program(Molecule(smiles, "5'-\"x\\", "X")), "molecule", "exec")


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__.strip("_"))
def test_every_style_draws(style: object, tmp_path: Path) -> None:
    molecule = next(
        Molecule(smiles, "a name", "C9H8O4")
        for smiles in (*_SMILES, *(f"C1CCCCC1{'C' * n}N" for n in range(60)))
        if _style_of(smiles) is style
    )
    program = write_program(molecule).replace("plt.show()", 'plt.savefig("molecule.png")')
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    with Image.open(tmp_path / "molecule.png") as picture:
        colours = picture.convert("RGB").getcolors(1 << 20)
    assert colours is not None and len(colours) > 1


def _style_of(smiles: str) -> object:
    import hashlib

    return STYLES[hashlib.sha256(smiles.encode()).digest()[0] % len(STYLES)]
