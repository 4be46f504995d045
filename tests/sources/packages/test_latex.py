"""LaTeX sources: reading TeX text, and writing documents that hold no more than a drawing needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.layout import all_rows, write_debian_documentation
from vincicoder.sources import corpora
from vincicoder.sources.packages import latex_docs, pgf_manual, texlive
from vincicoder.sources.packages.latex_docs import Manual
from vincicoder.sources.packages.latex_text import (
    clean_snippet,
    draws,
    drop_tex_comments,
    environments,
    split_argument,
    split_options,
    write_document,
)
from vincicoder.sources.packages.latex_vocabulary import MATH_COMMANDS, MATH_ENVIRONMENTS, uses_only
from vincicoder.sources.packages.pgf_manual import parse_examples

if TYPE_CHECKING:
    from pathlib import Path


def test_arguments_are_split_at_the_balanced_bracket() -> None:
    assert split_argument("[a={x]y},b]rest", "[", "]") == ("a={x]y},b", "rest")
    assert split_argument("{a{b}c}d", "{", "}") == ("a{b}c", "d")
    assert split_argument(r"[a\]b]c", "[", "]") == (r"a\]b", "c")
    assert split_argument("[never closed", "[", "]") is None
    assert split_argument("x", "[", "]") is None


def test_options_keep_commas_inside_braces() -> None:
    assert split_options("code only, preamble={\\usetikzlibrary{a,b}}, width=2cm,") == {
        "code only": "",
        "preamble": "\\usetikzlibrary{a,b}",
        "width": "2cm",
    }


def test_environments_comments_and_indentation() -> None:
    text = r"\begin{a}1\end{a} x \begin{a}2\end{a} \begin{a}open"
    assert list(environments(text, "a")) == ["1", "2"]
    assert drop_tex_comments("a % note\n% whole line\nb 50\\% c\\\\% d") == "a %\nb 50\\% c\\\\%"
    assert clean_snippet("\n    a  \n      b\n") == "a\n  b"
    assert draws(r"\tikz \draw;") and draws(r"\begin{circuitikz}") and not draws(r"\tikzset{a}")
    assert not draws("% \\begin{tikzpicture}\nText")


def test_xcolor_is_loaded_once_and_before_tikz() -> None:
    preamble = [
        "\\usepackage[svgnames]{xcolor}",
        "\\usetikzlibrary{calc}",
        "\\usepackage[dvipsnames]{xcolor}",
    ]
    assert write_document("X", preamble) == (
        "\\documentclass[border=4pt]{standalone}\n\\usepackage[svgnames,dvipsnames]{xcolor}\n"
        "\\usepackage{tikz}\n\\usetikzlibrary{calc}\n\\begin{document}\nX\n\\end{document}\n"
    )


_MANUAL = r"""
\begin{codeexample}[setup code]
\tikzset{my box/.style={draw=red}}
\end{codeexample}
\begin{codeexample}[preamble={\usetikzlibrary{calc,arrows.meta}}]
\begin{tikzpicture}
  \node[my box] {##};
\end{tikzpicture}
\end{codeexample}
\begin{codeexample}[]
\tikz \draw (0,0) -- (1,1);
\end{codeexample}
\begin{codeexample}[code only]
\tikz \draw (0,0);
\end{codeexample}
\begin{codeexample}[]
1 + 1
\end{codeexample}
\begin{codeexample}[preamble={\usetikzlibrary{graphdrawing}}]
\tikz \draw (0,0);
\end{codeexample}
"""


def test_manual_examples_become_documents_with_what_they_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = "usr/share/doc/texlive-doc/generic/test-only-pgf"
    files = {f"{folder}/manual-a.tex.gz": _MANUAL, f"{folder}/manual-animations.tex": _MANUAL}
    write_debian_documentation(tmp_path, "texlive-pictures-doc", "1", files)
    monkeypatch.setenv("VINCICODER_CORPORA", str(tmp_path))
    first, second = pgf_manual.cut_manual("generic/test-only-pgf", "manual-*.tex")
    assert (first.source_id, second.source_id) == ("manual-a.tex#1", "manual-a.tex#2")
    assert first.code == (
        "\\documentclass[border=4pt]{standalone}\n\\usepackage{tikz}\n\\usetikzlibrary{calc,arrows.meta}\n"
        "\\begin{document}\n\\tikzset{my box/.style={draw=red}}\n\\begin{tikzpicture}\n"
        "  \\node[my box] {##};\n\\end{tikzpicture}\n\\end{document}\n"
    )
    assert "my box" not in second.code and "usetikzlibrary" not in second.code


def test_an_example_that_never_closes_its_options_is_left_out() -> None:
    assert parse_examples("\\begin{codeexample}[a={\nx\n\\end{codeexample}") == []


def test_licences_are_spdx_and_gpl_alone_is_none() -> None:
    assert texlive.spdx_license("lppl1.3c gpl2 fdl") == "LPPL-1.3c"
    assert texlive.spdx_license("mit") == "MIT"
    assert texlive.spdx_license("gpl3+") is None
    assert texlive.spdx_license("other-free") is None


def _manual(text: str) -> Manual:
    head = "\\newcommand{\\half}{0.5}\n\\tikzset{\n  big/.style={scale=2}\n}\n"
    return Manual("latex/p/p.tex", "p", "MIT", text, ("\\usepackage{p}",), latex_docs.read_definitions(head))


def test_drawings_take_the_definitions_they_use() -> None:
    text = r"\begin{tikzpicture}[big]\draw (0,0)--(1,1);\end{tikzpicture}" "\n"
    text += r"\begin{tikzpicture}\draw (#1);\end{tikzpicture}"
    ((_, document),) = latex_docs.cut_drawings(_manual(text))
    assert "big/.style={scale=2}" in document and "\\half" not in document and "\\usepackage{p}" in document


def test_formulas_and_tables_of_common_commands_alone() -> None:
    text = (
        r"\[ \int_0^1 \frac{x}{2}\,dx = \frac14 \] \[ \ownmacro{x} + 1234567890 \]"
        r"\begin{equation}\label{e} a^2 + b^2 = c^2 \end{equation}"
        r"\begin{tabular}{ll} \toprule a & $\alpha$ \\ \bottomrule \end{tabular}"
        r"\begin{tabular}{ll} \mymacro a & b \end{tabular}"
    )
    formulas = [code for code, _ in latex_docs.cut_formulas(_manual(text))]
    assert formulas == [
        r"\[ \int_0^1 \frac{x}{2}\,dx = \frac14 \]",
        r"\begin{equation*} a^2 + b^2 = c^2 \end{equation*}",
    ]
    ((_, table),) = latex_docs.cut_tables(_manual(text))
    assert "\\usepackage{booktabs}" in table and "\\usepackage{amsmath,amssymb}" in table
    assert not uses_only(r"\frac{#1}{2}", MATH_COMMANDS, MATH_ENVIRONMENTS)
    assert not uses_only(r"\begin{tikzcd}", MATH_COMMANDS, MATH_ENVIRONMENTS)


def test_documentation_rows_carry_their_package_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads the real lists; packages under the GPL alone must be absent."""
    try:
        known = texlive.licenses("texlive-pictures-doc")
    except corpora.SourceUnavailableError as error:
        pytest.skip(str(error))
    drawings = next(s for s in latex_docs.create_sources() if s.info.name == "tex-drawings")
    rows = all_rows(drawings)
    assert len(rows) > 1000
    packages = {row.source_id.split("/")[1] for row in rows}
    assert not packages & {"pgfplots", "tikzpingus", "tikz-network", "tikz-feynhand"}
    assert all("gpl" not in known.get(name, "").split() or " " in known[name] for name in packages)
    assert {"LPPL-1.3c", "MIT"} <= {row.license for row in rows}
