"""All pages of a document, snippets whose packages are installed, Chinese, and letters that a font lacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest, RenderResult
from vincicoder.render.languages.latex.errors import missing_letters, undefined_name
from vincicoder.render.languages.latex.packages import package_for
from vincicoder.render.registry import why_unsupported

pytestmark = pytest.mark.skipif(bool(why_unsupported("latex")), reason=why_unsupported("latex"))

_ONE = r"\begin{tikzpicture}\draw[red] (0,0) rectangle (2,1);\end{tikzpicture}"
_TWO = r"\begin{tikzpicture}\draw[fill=blue] (0,0) rectangle (1,2);\end{tikzpicture}"
_STANDALONE = r"\documentclass[tikz,border=5pt]{standalone}\begin{document}%s\end{document}"
_ARTICLE = r"\documentclass{article}\begin{document}1\newpage 2\newpage\mbox{}\newpage 3\end{document}"
_LONG = (
    r"\documentclass{article}\begin{document}\newcount\n\n=1 "
    r"\loop x\newpage\advance\n by1 \ifnum\n<50 \repeat\end{document}"
)
_EUCLID = r"""\begin{algorithm}[t]
\caption{Euclid}
\begin{algorithmic}[1]
\State $r \gets a \bmod b$
\While{$r \not= 0$}\State $a \gets b$\EndWhile
\end{algorithmic}
\end{algorithm}"""
_SNIPPETS = {
    "circuitikz": r"\begin{circuitikz}\draw (0,0) to[R=$R$] (3,0);\end{circuitikz}",
    "chemfig": r"\chemfig{*6(=-=-(-OH)=-)}",
    "siunitx": r"The speed is \SI{3e8}{\metre\per\second}.",
    "forest": r"\begin{forest}[VP [V [eats]] [NP [the] [apple]]]\end{forest}",
    "algorithm": _EUCLID,
    "two": r"\ce{2H2 + O2 -> 2H2O} and $\cancel{x}$",
    "chinese": r"\begin{tikzpicture}\node[draw] {你好};\end{tikzpicture}",
}


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(RenderLimits(), workers=1) as opened:
        yield opened


def render(engine: RenderEngine, **codes: str) -> dict[str, RenderResult]:
    requests = [RenderRequest(name, "latex", code) for name, code in codes.items()]
    return {result.request_id: result for result in engine.render(requests)}


def test_every_page_is_in_the_picture(engine: RenderEngine) -> None:
    frame = r"\begin{frame}{A}\begin{itemize}\item<1-> a\item<2-> b\end{itemize}\end{frame}"
    drawn = render(
        engine,
        first=_STANDALONE % _ONE,
        second=_STANDALONE % _TWO,
        both=_STANDALONE % (_ONE + _TWO),
        article=_ARTICLE,
        beamer=rf"\documentclass{{beamer}}\begin{{document}}{frame}\end{{document}}",
        long=_LONG,
    )
    both, one, two = drawn["both"], drawn["first"], drawn["second"]
    assert (both.height, both.width) == (one.height + two.height, max(one.width, two.width))
    assert [drawn[name].notes for name in ("first", "both", "article", "beamer")] == [
        (),
        ("pages:2",),
        ("pages:4",),
        ("pages:2", "marks:54"),
    ]
    assert drawn["beamer"].height == 2 * 756
    assert drawn["long"].reason == "render.too_large"
    assert drawn["long"].detail == "49 pages; at most 40 are allowed"


def test_snippets_get_the_package_that_they_need(engine: RenderEngine) -> None:
    drawn = render(engine, **_SNIPPETS, unknown=r"text \nosuchcommand text")
    assert {name: result.detail for name, result in drawn.items() if result.png is None} == {
        "unknown": r"line 1: Undefined control sequence. (at: text \nosuchcommand)"
    }


def test_chinese_documents_are_drawn_and_lacking_letters_noted(engine: RenderEngine) -> None:
    drawn = render(
        engine,
        ctex=r"\documentclass[UTF8]{ctexart}\begin{document}你好，世界\end{document}",
        lacking=r"\documentclass{article}\usepackage{fontspec}\begin{document}abc 中\end{document}",
    )
    assert (drawn["ctex"].status.value, drawn["ctex"].notes) == ("rendered", ())
    assert drawn["lacking"].notes == ("missing_glyphs:4E2D",)


def test_names_are_read_from_what_tex_says() -> None:
    assert undefined_name("line 1: LaTeX Error: Environment forest undefined. (at: x)") == "forest"
    assert undefined_name(r"line 2: Undefined control sequence. (at: so \SI)") == r"\SI"
    assert undefined_name("line 2: Missing $ inserted.") == ""
    assert missing_letters("x\nMissing character: There is no 中 (U+4E2D) in font [lmroman]\n") == (
        "missing_glyphs:4E2D",
    )


def test_a_package_is_chosen_only_where_it_is_plain() -> None:
    table = {"": ["a", "b", "tabularray"], r"\x": ["a", "b"], r"\y": ["b"], r"\wrap": ["a"]}
    table[r"\num"] = ["siunitx", "oz"]
    assert package_for(r"\x", table) == ()
    assert package_for(r"\y", table) == ("b",)
    assert package_for(r"\num", table) == ("siunitx",)
    assert package_for("tblr", table) == ("tabularray",)
    assert package_for("wrap", table) == ("a",)
    assert package_for(r"\none", table) == ()
