"""What the project knows of SVG (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.markup_text import MARKUP_TOKENS
from vincicoder.render.languages.spec import DocumentMarks, LanguageSpec
from vincicoder.render.languages.svg import text
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="svg",
    title="SVG",
    domain="svg",
    fences=("xml", "svg+xml", "image/svg+xml"),
    doubtful_fences=("xml",),
    suffixes=(".svg",),
    renderer=when_used("vincicoder.render.languages.svg.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.svg.hostile", "SUITE"),
    queue_depth=3,
    recycle_after=5000,
    scratch_mb=16,
    hands_over_to=("html",),
    tokens=MARKUP_TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    documents=(DocumentMarks(("<?xml", "<svg"), ("</svg>",)),),
    recognise=text.recognise,
    guess_rank=10,
    faults=when_used("vincicoder.refine.svg_faults", "svg_faults"),
)

REFERENCE = LanguageSpec(
    name="svg-cairosvg",
    title="SVG",
    variant_of="svg",
    renderer=when_used("vincicoder.render.languages.svg.reference", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.svg.hostile_reference", "SUITE"),
    recycle_after=5000,
    scratch_mb=16,
)
