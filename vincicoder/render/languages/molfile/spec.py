"""What the project knows of Molfile (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.molfile import text
from vincicoder.render.languages.spec import LanguageSpec
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="molfile",
    title="Molfile",
    domain="molecule",
    fences=("mol", "molblock", "sdf", "mdl"),
    suffixes=(".mol", ".sdf"),
    renderer=when_used("vincicoder.render.languages.molfile.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.molfile.hostile", "SUITE"),
    queue_depth=4,
    scratch_mb=16,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    recognise=text.recognise,
    guess_rank=5,
    chart_type=text.chart_type,
)
