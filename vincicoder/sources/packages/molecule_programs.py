"""Turns a SMILES string into a complete rdkit program that draws it, in one of several styles.

The style and its parameters are taken from a hash of the SMILES: always the same program for the same
molecule, and over a corpus not one template with another string in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

_SIZES = ((300, 300), (400, 300), (360, 360), (450, 450), (500, 350), (600, 400))
_LIGHT_COLOURS = (
    (1.0, 0.85, 0.4),
    (0.6, 0.85, 1.0),
    (0.7, 0.95, 0.65),
    (1.0, 0.7, 0.7),
    (0.85, 0.75, 1.0),
    (0.98, 0.8, 0.6),
)
_MAX_LEGEND_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Molecule:
    """A molecule to draw: its SMILES, its name (may be empty) and its formula, for a caption."""

    smiles: str
    name: str
    formula: str

    @property
    def legend(self) -> str:
        """The name if there is one short enough for a caption, else the formula."""
        return self.name if 0 < len(self.name) <= _MAX_LEGEND_CHARACTERS else self.formula

    @property
    def has_ring(self) -> bool:
        """Whether the SMILES closes a ring (digits inside brackets are charges and isotopes)."""
        return re.search(r"\d|%", re.sub(r"\[[^\]]*\]", "", self.smiles)) is not None


@dataclass(frozen=True, slots=True)
class _Choice:
    """Bytes of the hash: each index picks one option, the same for the same molecule."""

    digest: bytes

    def size(self) -> tuple[int, int]:
        return _SIZES[self.digest[1] % len(_SIZES)]

    def colour(self) -> tuple[float, float, float]:
        return _LIGHT_COLOURS[self.digest[2] % len(_LIGHT_COLOURS)]

    def number(self, index: int, options: int) -> int:
        """An integer from 0 to options - 1, by the byte at `index` (3..31)."""
        return self.digest[index] % options


def _cairo(molecule: Molecule, choice: _Choice, options: str, draw: str, imports: str = "") -> str:
    width, height = choice.size()
    return f"""from rdkit import Chem
from rdkit.Chem import {imports or "rdDepictor"}
from rdkit.Chem.Draw import rdMolDraw2D

molecule = Chem.MolFromSmiles({molecule.smiles!r})
rdDepictor.Compute2DCoords(molecule)

drawer = rdMolDraw2D.MolDraw2DCairo({width}, {height})
options = drawer.drawOptions()
{options}
{draw}
drawer.FinishDrawing()

with open("molecule.png", "wb") as picture:
    picture.write(drawer.GetDrawingText())
"""


def _plain_image(molecule: Molecule, choice: _Choice) -> str:
    width, height = choice.size()
    return f"""from rdkit import Chem
from rdkit.Chem import AllChem, Draw

smiles = {molecule.smiles!r}
molecule = Chem.MolFromSmiles(smiles)
AllChem.Compute2DCoords(molecule)

image = Draw.MolToImage(molecule, size=({width}, {height}))
image.save("molecule.png")
"""


def _with_legend(molecule: Molecule, choice: _Choice) -> str:
    width, height = choice.size()
    return f"""from rdkit import Chem
from rdkit.Chem import Draw

molecule = Chem.MolFromSmiles({molecule.smiles!r})
Draw.MolToFile(molecule, "molecule.png", size=({width}, {height}), legend={molecule.legend!r})
"""


def _atom_indices(molecule: Molecule, choice: _Choice) -> str:
    notes = ("addAtomIndices", "addBondIndices", "addStereoAnnotation")[choice.number(3, 3)]
    options = f"options.{notes} = True\noptions.annotationFontScale = 0.{6 + choice.number(4, 3)}"
    return _cairo(molecule, choice, options, "drawer.DrawMolecule(molecule)")


def _highlight(molecule: Molecule, choice: _Choice) -> str:
    test = "atom.IsInRing()" if molecule.has_ring else 'atom.GetSymbol() not in ("C", "H")'
    name = "ring_atoms" if molecule.has_ring else "hetero_atoms"
    options = (
        f"options.setHighlightColour({choice.colour()})\noptions.fillHighlights = {choice.number(3, 2) == 0}"
    )
    draw = (
        f"{name} = [atom.GetIdx() for atom in molecule.GetAtoms() if {test}]\n"
        f"drawer.DrawMolecule(molecule, highlightAtoms={name})"
    )
    return _cairo(molecule, choice, options, draw)


def _black_and_white(molecule: Molecule, choice: _Choice) -> str:
    options = (
        f"options.useBWAtomPalette()\noptions.bondLineWidth = {1 + choice.number(3, 4)}\n"
        f"options.rotate = {(0, 30, 90, 180)[choice.number(4, 4)]}"
    )
    return _cairo(molecule, choice, options, "drawer.DrawMolecule(molecule)")


def _aromatic_circles(molecule: Molecule, choice: _Choice) -> str:
    red, green, blue = choice.colour()
    options = (
        "options.prepareMolsBeforeDrawing = False\n"
        f"options.setBackgroundColour(({0.5 + red / 2:.3f}, {0.5 + green / 2:.3f}, {0.5 + blue / 2:.3f}))"
    )
    draw = (
        "prepared = rdMolDraw2D.PrepareMolForDrawing(molecule, kekulize=False)\n"
        f"drawer.DrawMolecule(prepared, legend={molecule.legend!r})"
    )
    return _cairo(molecule, choice, options, draw)


def _dark(molecule: Molecule, choice: _Choice) -> str:
    shade = (0.0, 0.1, 0.15)[choice.number(3, 3)]
    options = (
        "rdMolDraw2D.SetDarkMode(options)\n"
        f"options.setBackgroundColour(({shade}, {shade}, {shade + 0.05:.2f}))\n"
        f"options.padding = 0.{1 + choice.number(4, 2)}"
    )
    return _cairo(molecule, choice, options, "drawer.DrawMolecule(molecule)")


def _journal_style(molecule: Molecule, choice: _Choice) -> str:
    return f"""from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

rdDepictor.SetPreferCoordGen({choice.number(3, 2) == 0})
molecule = Chem.MolFromSmiles({molecule.smiles!r})
rdDepictor.Compute2DCoords(molecule)
rdDepictor.StraightenDepiction(molecule)

# A canvas of negative size takes the size that the drawing needs.
drawer = rdMolDraw2D.MolDraw2DCairo(-1, -1)
rdMolDraw2D.SetACS1996Mode(drawer.drawOptions(), rdMolDraw2D.MeanBondLength(molecule))
drawer.DrawMolecule(molecule)
drawer.FinishDrawing()
drawer.WriteDrawingText("molecule.png")
"""


def _hydrogens(molecule: Molecule, choice: _Choice) -> str:
    width, height = choice.size()
    return f"""from rdkit import Chem
from rdkit.Chem import AllChem, Draw

molecule = Chem.MolFromSmiles({molecule.smiles!r})
if molecule.GetNumHeavyAtoms() <= {8 + choice.number(3, 5)}:
    molecule = Chem.AddHs(molecule)
AllChem.Compute2DCoords(molecule)
Draw.MolToImage(molecule, size=({width}, {height}), kekulize={choice.number(4, 2) == 0}).save("molecule.png")
"""


def _in_a_figure(molecule: Molecule, choice: _Choice) -> str:
    width, height = choice.size()
    colour = ("black", "navy", "darkgreen", "darkred", "dimgray")[choice.number(3, 5)]
    return f"""import matplotlib.pyplot as plt
from rdkit import Chem
from rdkit.Chem import Descriptors, Draw
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

molecule = Chem.MolFromSmiles({molecule.smiles!r})
figure, axes = plt.subplots(figsize=({width / 100}, {height / 100 + 0.6:.1f}))
axes.imshow(Draw.MolToImage(molecule, size=({width * 2}, {height * 2})))
axes.set_title({molecule.legend!r}, fontsize={9 + choice.number(4, 4)}, color={colour!r})
axes.text(
    0.5, -0.05, f"{{CalcMolFormula(molecule)}}   {{Descriptors.MolWt(molecule):.2f}} g/mol",
    ha="center", transform=axes.transAxes, fontsize=9,
)
axes.axis("off")
plt.show()
"""


def _with_scaffold(molecule: Molecule, choice: _Choice) -> str:
    if not molecule.has_ring:
        return _with_legend(molecule, choice)
    side = (220, 260, 300)[choice.number(3, 3)]
    return f"""from rdkit import Chem
from rdkit.Chem import Draw
from rdkit.Chem.Scaffolds import MurckoScaffold

molecule = Chem.MolFromSmiles({molecule.smiles!r})
scaffold = MurckoScaffold.GetScaffoldForMol(molecule)
image = Draw.MolsToGridImage(
    [molecule, scaffold], molsPerRow=2, subImgSize=({side}, {side}), legends=["molecule", "scaffold"]
)
image.save("molecule.png")
"""


STYLES: tuple[Callable[[Molecule, _Choice], str], ...] = (
    _plain_image,
    _with_legend,
    _atom_indices,
    _highlight,
    _black_and_white,
    _aromatic_circles,
    _dark,
    _journal_style,
    _hydrogens,
    _in_a_figure,
    _with_scaffold,
)


def write_program(molecule: Molecule) -> str:
    """Return a program that draws the molecule and saves molecule.png (or shows a figure)."""
    digest = hashlib.sha256(molecule.smiles.encode()).digest()
    return STYLES[digest[0] % len(STYLES)](molecule, _Choice(digest))
