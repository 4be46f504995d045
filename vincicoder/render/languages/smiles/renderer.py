"""SMILES: RDKit lays the molecule out and draws it."""

from __future__ import annotations

from typing import Any

from vincicoder.render.languages.molecule_picture import MoleculeRenderer, fingerprint, missing_tools
from vincicoder.render.protocol import LanguageRenderer


def _read(code: str, checked: bool) -> Any:
    from rdkit import Chem

    words = code.split(maxsplit=1)  # a name may follow
    return Chem.MolFromSmiles(words[0], sanitize=checked) if words else None


def create() -> MoleculeRenderer:
    """Make the worker-side renderer."""
    return MoleculeRenderer(_read)


RENDERER = LanguageRenderer(fingerprint=fingerprint, missing_tools=missing_tools, create=create)
