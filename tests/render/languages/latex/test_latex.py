"""LaTeX through the engine: warm and cold runs agree, references resolve, pictures are cropped."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vincicoder.render import RenderLimits
from vincicoder.render.languages.latex import renderer as latex_module
from vincicoder.render.languages.latex.renderer import LatexRenderer, missing_tools
from vincicoder.render.languages.latex.server import compiler
from vincicoder.render.protocol import Picture
from vincicoder.render.self_check.processes import lasting_zombies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(bool(missing_tools()), reason="; ".join(missing_tools()))

_STANDALONE = "\\documentclass[border=4pt]{standalone}\n\\usepackage{tikz}\n"
_DOCUMENTS = [
    _STANDALONE + "\\begin{document}\n\\tikz\\draw (0,0) circle (1) node {$x^2$};\n\\end{document}\n",
    _STANDALONE + "\\usetikzlibrary{calc}\n\\begin{document}\n"
    "\\tikz\\draw ($(0,0)!.5!(2,2)$) -- (3,1);\n\\end{document}\n",
    _STANDALONE + "\\begin{document}% comment\n a b\n\nc\n\\end{document}\n",
    "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
    "\\section{A}\\label{a}See \\ref{a}.\n\\end{document}\n",
    "\\begin{tabular}{ll}\\toprule a & b \\\\ \\bottomrule\\end{tabular}",
    "\\begin{tabular}{ll}\\rowcolor{red} a & b\\end{tabular}",
    "\\[ \\sum_{i=1}^n i \\]",
    # A transparency group begins the PDF file while the package is read.
    "\\documentclass{standalone}\n\\usepackage{tikz}\n\\usetikzlibrary{fadings,shadings}\n"
    "\\begin{document}\\tikz\\shade[ball color=red] circle (1);\\end{document}\n",
]  # fmt: skip


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LatexRenderer]:
    if compiler() is None:
        pytest.skip("no C compiler: there are only cold runs")
    renderer = LatexRenderer()
    renderer.prepare(tmp_path_factory.mktemp("cache"))
    renderer.start(RenderLimits(), tmp_path_factory.mktemp("work"))
    yield renderer
    renderer.close()


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> LatexRenderer:
    renderer = LatexRenderer()
    renderer.start(RenderLimits(), tmp_path_factory.mktemp("cold"))
    return renderer


def pixels(renderer: LatexRenderer, code: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    outcome = renderer.render(code)
    assert isinstance(outcome, Picture), outcome
    return outcome.pixels


@pytest.mark.parametrize("code", _DOCUMENTS)
def test_warm_and_cold_runs_give_the_same_pixels(warm: LatexRenderer, cold: LatexRenderer, code: str) -> None:
    expected = pixels(cold, code)
    for _ in range(3):  # from the format, then from what has been branched off
        assert np.array_equal(pixels(warm, code), expected)


def test_a_preamble_that_begins_the_pdf_is_kept_warm_too(warm: LatexRenderer) -> None:
    shading = _DOCUMENTS[-1]
    pixels(warm, shading)
    begun = [text for text, process in warm._warm.items() if (process._directory / "picture.pdf").exists()]
    assert [text for text in begun if shading.startswith(text)]


def test_references_are_resolved(cold: LatexRenderer) -> None:
    body = "\\documentclass{article}\n\\begin{document}\n\\section{A}\\label{a}See %s.\n\\end{document}\n"
    assert np.array_equal(pixels(cold, body % "\\ref{a}"), pixels(cold, body % "1"))


def test_articles_are_cropped_to_their_ink(cold: LatexRenderer) -> None:
    drawn = pixels(cold, "\\documentclass{article}\\begin{document}word\\end{document}")
    height, width = drawn.shape[:2]
    assert width < 150
    assert height < 60
    ink = (drawn != 255).any(axis=2)
    assert not ink[:4].any() and not ink[-4:].any() and ink.any()


def test_few_processes_are_kept_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if compiler() is None:
        pytest.skip("no C compiler: there are only cold runs")
    monkeypatch.setattr(latex_module, "WARM_PROCESSES", 3)
    renderer = LatexRenderer()
    renderer.prepare(tmp_path / "cache")
    workspace = tmp_path / "work"
    workspace.mkdir()
    renderer.start(RenderLimits(), workspace)
    for package in ("array", "bm", "calc", "xcolor", "url"):
        code = (
            f"\\documentclass{{article}}\n\\usepackage{{{package}}}\n\\begin{{document}}x\\end{{document}}\n"
        )
        assert isinstance(renderer.render(code), Picture)
        assert len(renderer._warm) <= 3
    assert not list(workspace.glob("job-*"))
    first = renderer._warm[""]._process  # the others branch off it
    assert first is not None
    assert (
        lasting_zombies(first.pid) == []
    )  # those that were given up have been waited for by what they branched off
    renderer.close()
    shutil.rmtree(workspace / "fonts", ignore_errors=True)
    assert list(workspace.iterdir()) == []
