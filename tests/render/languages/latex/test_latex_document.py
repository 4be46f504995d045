"""How LaTeX code is taken apart, and which beginnings of it are kept warm."""

from __future__ import annotations

import pytest

from vincicoder.render.languages.latex.document import parse
from vincicoder.render.languages.latex.errors import explain
from vincicoder.render.languages.latex.prefix import Habits, beginnings
from vincicoder.render.languages.latex.run import TexExit
from vincicoder.sample import Reason

_TIKZ = "\\documentclass[tikz]{standalone}\n\\usepackage{tikz}\n\\usetikzlibrary{calc}\n"


@pytest.mark.parametrize(
    ("code", "engines", "crop"),
    [
        (_TIKZ + "\\begin{document}\\tikz\\draw(0,0);\\end{document}", ("pdflatex",), False),
        ("\\documentclass{article}\\begin{document}x\\end{document}", ("pdflatex",), True),
        ("\\documentclass{beamer}\\begin{document}x\\end{document}", ("pdflatex",), False),
        (
            "\\documentclass{article}\\usepackage{fontspec}\\begin{document}x\\end{document}",
            ("xelatex", "lualatex"),
            True,
        ),
        ("\\documentclass{article}\\begin{document}\\directlua{}\\end{document}", ("lualatex",), True),
        ("% \\directlua\n\\documentclass{article}\\begin{document}x\\end{document}", ("pdflatex",), True),
        ("\\begin{tikzpicture}\\draw(0,0);\\end{tikzpicture}", ("pdflatex",), False),
        ("\\[ x \\]", ("pdflatex",), True),
    ],
)
def test_engine_and_cropping(code: str, engines: tuple[str, ...], crop: bool) -> None:
    document = parse(code)
    assert (document.engines, document.crop) == (engines, crop)


def test_a_full_document_is_given_to_tex_as_it_is_but_for_page_numbers() -> None:
    code = _TIKZ + "\\begin{document}\n\\tikz\\draw(0,0);\n\\end{document}\n"
    assert parse(code).text == code
    article = parse("\\documentclass{article}\n\\begin{document}\nx\n\\end{document}\n")
    assert article.text.count("\n") == 4
    assert "\\pagestyle{empty}" in article.opening


def test_packages_of_a_snippet_move_before_the_document_begins() -> None:
    document = parse("\\usepackage{circuitikz}\n\\begin{circuitikz}\\end{circuitikz}")
    assert document.text.index("{circuitikz}\n") < document.text.index("\\begin{document}")


def test_beginnings_end_after_lines_that_only_load() -> None:
    preamble = _TIKZ + "\\newcommand{\\x}{1}\n\\usepackage{array}\n"
    assert beginnings(preamble, "\\begin{document}") == [
        "",
        "\\documentclass[tikz]{standalone}\n",
        "\\documentclass[tikz]{standalone}\n\\usepackage{tikz}\n",
        _TIKZ,
    ]
    assert beginnings(_TIKZ, "\\begin{document}")[-1] == _TIKZ + "\\begin{document}"
    assert beginnings("\\documentclass[\\write18{id}]{article}\n", "") == [""]


def test_habits_branch_at_what_is_shared() -> None:
    habits = Habits()
    first = ["", "class", "class+a", "class+a+begin"]
    second = ["", "class", "class+b", "class+b+begin"]
    assert habits.choose(first, {""}) == ["", "class+a+begin"]
    assert habits.choose(second, {"", "class+a+begin"}) == ["", "class", "class+b+begin"]
    assert habits.choose(first, {"", "class", "class+a+begin"}) == ["class+a+begin"]
    habits.reject("class+b+begin")
    assert "class+b+begin" not in habits.choose(second, {""})


@pytest.mark.parametrize(
    ("log", "reason", "detail"),
    [
        (
            "./forkpoint.tex:3: Undefined control sequence.\nl.3 \\foo\n",
            Reason.RENDER_ERROR,
            "line 13: Undefined",
        ),
        ("! LaTeX Error: File `a.sty' not found.\n", Reason.RENDER_MISSING_DEPENDENCY, "a.sty"),
        (
            "! TeX capacity exceeded, sorry [main memory size=5000000].\n",
            Reason.RENDER_OUT_OF_MEMORY,
            "main memory",
        ),
        ("! TeX capacity exceeded, sorry [input stack size=10000].\n", Reason.RENDER_ERROR, "input stack"),
        ("runsystem(id)...disabled.\n", Reason.RENDER_FORBIDDEN, "runsystem(id)"),
    ],
)
def test_logs_are_explained(log: str, reason: Reason, detail: str) -> None:
    refusal = explain(TexExit(1, False), log, "", 10, False)
    assert refusal.reason is reason
    assert detail in refusal.detail
