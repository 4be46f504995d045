"""A set of molecules of one's own: a table with a column `smiles`, and `image` where there are pictures.

The evaluators of molecules are published without their pictures (OCRVerse names no data; Omni-I2C has its
own), so there is no published layout to follow. The reference is the program that draws the SMILES.
"""

from __future__ import annotations

from dataclasses import replace

from vincicoder.benchmarks.benchmark import TABLES, Benchmark, Found, Item
from vincicoder.sample import Domain


def program_of_smiles(smiles: str) -> str:
    """Return a program that draws a SMILES with RDKit."""
    return (
        "from rdkit import Chem\n"
        "from rdkit.Chem import Draw\n\n"
        f"molecule = Chem.MolFromSmiles({smiles.strip()!r})\n"
        'Draw.MolToFile(molecule, "molecule.png", size=(400, 300))\n'
    )


def _finish(item: Item, found: Found) -> Item | None:
    del found
    return None if item.code is None else replace(item, code=program_of_smiles(item.code), is_source=False)


BENCHMARK = Benchmark(
    name="molecules",
    source="none: a layout of this project",
    domain=Domain.MOLECULE,
    language="python",
    code=("smiles", "canonical_smiles"),
    ids=("id", "name", "inchikey"),
    tables=(*TABLES, "*.csv"),
    has_pairs=False,
    finish=_finish,
)
