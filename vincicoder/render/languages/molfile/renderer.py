"""Molfile: RDKit draws the atoms where the file has them."""

from __future__ import annotations

from typing import Any

from vincicoder.render.languages.molecule_picture import MoleculeRenderer, fingerprint, missing_tools
from vincicoder.render.languages.molfile.text import with_header
from vincicoder.render.protocol import LanguageRenderer


def _read(code: str, checked: bool) -> Any:
    from rdkit import Chem

    molecule = Chem.MolFromMolBlock(with_header(code), sanitize=checked, removeHs=False)
    if molecule is not None and checked and not molecule.GetConformer().Is3D() and _is_a_heap(molecule):
        molecule.RemoveAllConformers()
    return molecule


def _is_a_heap(molecule: Any) -> bool:
    """Whether all atoms are in one place: then the file has no coordinates, and RDKit lays them out."""
    places = {tuple(place) for place in molecule.GetConformer().GetPositions().tolist()}
    atoms: int = molecule.GetNumAtoms()
    return len(places) <= 1 < atoms


def create() -> MoleculeRenderer:
    """Make the worker-side renderer."""
    return MoleculeRenderer(_read)


RENDERER = LanguageRenderer(fingerprint=fingerprint, missing_tools=missing_tools, create=create)
