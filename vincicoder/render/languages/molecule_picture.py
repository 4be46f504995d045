"""Draws a molecule as RDKit does by default: what SMILES and Molfile share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

import numpy as np

from vincicoder.render.api import RenderLimits
from vincicoder.render.finish import flatten_on_white
from vincicoder.render.fonts import fonts_fingerprint
from vincicoder.render.protocol import Picture, Refusal
from vincicoder.sample import Reason

SIZE = (400, 300)
"""Width and height of a picture, in pixels: those of the programs that evaluation writes around SMILES."""

_MOST_ATOMS = 500

Reader = Callable[[str, bool], Any]
"""Returns RDKit's molecule of a text, or None; its valences are checked where the second value says so."""


class MoleculeRenderer:
    """Draws in the worker itself: RDKit runs nothing of what it reads."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    def start(self, limits: RenderLimits, workspace: Path) -> None:
        """Import what draws, and draw once."""
        del limits, workspace
        from rdkit import RDLogger

        RDLogger.DisableLog("rdApp.*")  # type: ignore[attr-defined]
        from rdkit import Chem

        _pixels(Chem.MolFromSmiles("CO"))

    def render(self, code: str) -> Picture | Refusal:
        """Draw the molecule of a text."""
        if not code.strip():
            return Refusal(Reason.RENDER_NO_OUTPUT, "the text is empty")
        molecule = self._read(code, True)
        if molecule is None:
            return Refusal(Reason.RENDER_ERROR, self._problem(code))
        if not molecule.GetNumAtoms():
            return Refusal(Reason.RENDER_NO_OUTPUT, "the molecule has no atoms")
        if molecule.GetNumAtoms() > _MOST_ATOMS:
            detail = f"{molecule.GetNumAtoms()} atoms; at most {_MOST_ATOMS} can be told apart in a picture"
            return Refusal(Reason.RENDER_TOO_LARGE, detail)
        return Picture(_pixels(molecule))

    def _problem(self, code: str) -> str:
        from rdkit import Chem

        molecule = self._read(code, False)
        if molecule is None:
            return f"cannot be read as a molecule: {code.strip()[:200]}"
        found = [problem.Message() for problem in Chem.DetectChemistryProblems(molecule)]
        return "; ".join(found)[:1500] or "no such molecule can be"

    def close(self) -> None:
        """Nothing stays behind."""


def _pixels(molecule: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    from rdkit.Chem import Draw

    draw: Any = Draw.MolToImage  # it has no types
    return flatten_on_white(draw(molecule, size=SIZE))


@lru_cache(maxsize=1)
def fingerprint() -> Mapping[str, str]:
    """Version of RDKit, fonts and size."""
    version = metadata.version("rdkit") if util.find_spec("rdkit") else "absent"
    return {"rdkit": version, "fonts": fonts_fingerprint(), "size": "x".join(map(str, SIZE))}


def missing_tools() -> list[str]:
    """Say what to install."""
    return [] if util.find_spec("rdkit") else ["the Python package rdkit: pip install 'vincicoder[render]'"]
