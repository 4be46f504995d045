"""What the project knows of SMILES (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.smiles import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="smiles",
    title="SMILES",
    domain="molecule",
    fences=("smi",),
    suffixes=(".smi", ".smiles"),
    renderer=when_used("vincicoder.render.languages.smiles.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.smiles.hostile", "SUITE"),
    queue_depth=4,
    scratch_mb=16,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=95,
    chart_type=text.chart_type,
)
