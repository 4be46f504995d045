"""Molecules: whether the answer's is one, whether it is the same, and how alike the two are.

The molecule of a program is the SMILES that it gives to its library, as a literal; that of a text in SMILES,
the text. A SMILES that cannot be read earns 0, as Omni-I2C has it (there Tanimoto is in hundredths), also in
`reference`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from vincicoder.evaluate.metric import Metric, Score
from vincicoder.evaluate.pair import Pair
from vincicoder.sample import Domain, Language

_READERS = frozenset({"MolFromSmiles", "loadMolecule"})
_SMILES = "smiles"  # the language
_MOST_CHARACTERS = 2_000  # of a SMILES: longer ones are no picture's
_NAMES = ("molecule_valid", "molecule_exact", "molecule_exact_flat", "molecule_inchi", "tanimoto")


def smiles_of(code: str | None) -> str | None:
    """Return the last SMILES that a Python program hands to RDKit or Indigo, written there or in a name.

    None where there is none.
    """
    try:
        tree = ast.parse(code or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    named: dict[str, Any] = {}
    found: str | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            named |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _READERS and node.args:
            given = node.args[0]
            value = given.value if isinstance(given, ast.Constant) else named.get(getattr(given, "id", ""))
            found = value if isinstance(value, str) else found
    return found


def _smiles(code: str | None, language: str) -> str | None:
    return next(iter((code or "").split()), None) if language == _SMILES else smiles_of(code)


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


@lru_cache(maxsize=64)
def _molecule(smiles: str | None) -> Any:
    """Return RDKit's molecule, or None where there is none of this SMILES."""
    from rdkit import Chem, rdBase

    if not smiles or len(smiles) > _MOST_CHARACTERS:
        return None
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    return molecule if molecule is not None and molecule.GetNumAtoms() else None


def tanimoto(first: Any, second: Any) -> float:
    """Return the Tanimoto similarity of two molecules' Morgan fingerprints (radius 2, 2,048 bits)."""
    from rdkit import DataStructs
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    return float(
        DataStructs.TanimotoSimilarity(generator.GetFingerprint(first), generator.GetFingerprint(second))
    )


def _measure(pair: Pair) -> Mapping[str, Score]:
    from rdkit import rdBase

    chem: Any = import_module("rdkit.Chem")
    wanted, answered = (
        _molecule(_smiles(side.code, pair.language)) for side in (pair.reference, pair.answer)
    )
    if answered is None:
        return dict.fromkeys(_NAMES, Score(0.0, 0.0))
    with rdBase.BlockLogs():
        values = (
            True,
            chem.MolToSmiles(wanted) == chem.MolToSmiles(answered),
            chem.MolToSmiles(wanted, isomericSmiles=False)
            == chem.MolToSmiles(answered, isomericSmiles=False),
            bool(chem.MolToInchi(wanted)) and chem.MolToInchi(wanted) == chem.MolToInchi(answered),
            tanimoto(wanted, answered),
        )
    return {name: Score(float(value), float(value)) for name, value in zip(_NAMES, values, strict=True)}


METRIC = Metric(
    names=_NAMES,
    source="MiliLab/Omni-I2C@106e0b2 eval_pipeline/step2_evaluate.py (Tanimoto); the rest are exact matches",
    measure=_measure,
    applies=lambda pair: (
        pair.domain == Domain.MOLECULE
        and pair.language in (Language.PYTHON, _SMILES)
        and _molecule(_smiles(pair.reference.code, pair.language)) is not None
    ),
)
