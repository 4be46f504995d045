"""Files that lie about their counts, or hold molecules that cannot be."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_ATOM = "    {x}.0000    0.0000    0.0000 {element:<3} 0  0  0  0  0  0  0  0  0  0  0  0\n"


def _file(atoms: str, bonds: list[tuple[int, int, int]], counts: tuple[int, int] | None = None) -> str:
    lines = "".join(_ATOM.format(x=number, element=element) for number, element in enumerate(atoms))
    lines += "".join(f"{first:3}{second:3}{kind:3}  0\n" for first, second, kind in bonds)
    told = counts or (len(atoms), len(bonds))
    return f"\n  hand\n\n{told[0]:3}{told[1]:3}  0  0  0  0  0  0  0  0999 V2000\n{lines}M  END\n"


_WHOLE = _file("CCO", [(1, 2, 1), (2, 3, 1)])

_SAMPLES = [
    Hostile("empty", "render.no_output", " ", "empty"),
    Hostile("no_atoms", "render.no_output", _file("", []), "no atoms"),
    Hostile("a_word", "render.error", "hello", "cannot be read"),
    Hostile("no_end", "render.error", _WHOLE.replace("M  END", ""), "cannot be read"),
    Hostile("more_atoms_told", "render.error", _file("CC", [(1, 2, 1)], (9, 1)), "cannot be read"),
    Hostile("counts_of_millions", "render.error", _WHOLE.replace("  3  2", "999999"), "cannot be read"),
    Hostile("bond_to_nowhere", "render.error", _file("CC", [(1, 7, 1)]), "cannot be read"),
    Hostile("bond_to_itself", "render.error", _file("CC", [(1, 1, 1)]), "cannot be read"),
    Hostile("too_many_bonds", "render.error", _file("OCCC", [(1, 2, 2), (1, 3, 2), (1, 4, 1)]), "permitted"),
    Hostile(
        "no_such_element", "render.error", _file("CX", [(1, 2, 1)]).replace("X  ", "Xx "), "cannot be read"
    ),
    Hostile("markup", "render.error", _WHOLE.replace("0.0000", "<script>", 1), "cannot be read"),
    Hostile("not_a_number", "render.error", _WHOLE.replace("0.0000", "   nan", 1)),
    Hostile("far_away", "rendered", _WHOLE.replace("1.0000", "9999.0", 1)),
    Hostile("title_of_a_path", "rendered", f"/etc/passwd{_WHOLE}"),
    Hostile("crashes", "render.crashed", f"@FAULT@ die {_WHOLE}", "signal 11"),
]

SUITE = HostileSuite((_WHOLE,), tuple(_SAMPLES))
