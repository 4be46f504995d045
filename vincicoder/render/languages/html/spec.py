"""What the project knows of HTML (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.html import text
from vincicoder.render.languages.markup_text import MARKUP_TOKENS
from vincicoder.render.languages.spec import DocumentMarks, LanguageSpec
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="html",
    title="HTML",
    domain="web",
    fences=("html5", "htm", "xhtml"),
    suffixes=(".html", ".htm"),
    renderer=when_used("vincicoder.render.languages.html.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.html.hostile", "SUITE"),
    recycle_after=500,
    scratch_mb=1024,
    tokens=MARKUP_TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    may_start_like=("svg",),  # a page may well start with a drawing of its own
    documents=(DocumentMarks(("<!doctype html", "<html"), ("</html>",)),),
    recognise=text.recognise,
    guess_rank=11,
    faults=when_used("vincicoder.refine.html_faults", "html_faults"),
)
