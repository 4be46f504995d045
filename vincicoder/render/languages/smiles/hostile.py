"""Texts that are no SMILES, or molecules that no picture can show."""

from __future__ import annotations

from vincicoder.render.languages.hostile_sample import Hostile, HostileSuite

_NEIGHBOUR = "CC(=O)Oc1ccccc1C(=O)O"

_SAMPLES = [
    Hostile("empty", "render.no_output", " ", "empty"),
    Hostile("a_word", "render.error", "hello", "cannot be read"),
    Hostile("open_ring", "render.error", "C1CCCCC", "cannot be read"),
    Hostile("open_branch", "render.error", "CC(=O", "cannot be read"),
    Hostile("too_many_bonds", "render.error", "CC(C)(C)(C)(C)C", "greater than permitted"),
    Hostile("no_such_ring", "render.error", "c1ccc1c", "non-ring atom"),
    Hostile("no_such_element", "render.error", "[Xx]CC", "cannot be read"),
    Hostile("markup", "render.error", "<script>for(;;);</script>", "cannot be read"),
    Hostile("a_path", "render.error", "/etc/passwd", "cannot be read"),
    Hostile("canary", "render.error", "@CANARY@"),
    Hostile("nul_and_others", "render.error", "C\0C\x1b[31m"),
    Hostile("too_many_atoms", "render.too_large", "C" * 600, "600 atoms"),
    Hostile("endless_text", "render.error", "C(" * 200_000, "cannot be read"),
    Hostile("name_after_it", "rendered", "CCO  $(touch /tmp/owned)"),
    Hostile("computes_without_end", "render.timeout", "CCO @FAULT@ burn ", "CPU time"),
    Hostile("crashes", "render.crashed", "CCO @FAULT@ die ", "signal 11"),
]

SUITE = HostileSuite((_NEIGHBOUR,), tuple(_SAMPLES))
