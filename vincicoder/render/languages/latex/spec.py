"""What the project knows of LaTeX (see `LanguageSpec`)."""

from __future__ import annotations

from vincicoder.render.languages.latex import text
from vincicoder.render.languages.spec import DocumentMarks, LanguageSpec
from vincicoder.render.languages.when_used import when_used

SPEC = LanguageSpec(
    name="latex",
    title="LaTeX",
    domain="latex",
    fences=("tex", "tikz", "pgf", "pgfplots", "circuitikz", "latexcode"),
    suffixes=(".tex",),
    renderer=when_used("vincicoder.render.languages.latex.renderer", "RENDERER"),
    hostile=when_used("vincicoder.render.languages.latex.hostile", "SUITE"),
    scratch_mb=512,
    tokens=text.TOKENS,
    normal_form=text.normal_form,
    syntax_error=text.syntax_error,
    map_comments=text.map_comments,
    start=text.START,
    documents=(
        DocumentMarks(("\\documentclass",), ("\\end{document}",)),
        DocumentMarks(("\\begin{tikzpicture}",), ("\\end{tikzpicture}",)),
    ),
    recognise=text.recognise,
    guess_rank=60,
    chart_type=text.chart_type,
    data_names=text.data_names,
    faults=when_used("vincicoder.refine.latex_faults", "latex_faults"),
)
