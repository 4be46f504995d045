"""What only PlantUML, Typst, Gnuplot or ABC does: the tools of `make languages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vincicoder.render import RenderEngine
from vincicoder.render.languages.further_tools import LANGUAGES_VARIABLE
from vincicoder.render.languages.gnuplot.text import on_png
from vincicoder.render.languages.plantuml.renderer import missing_tools
from vincicoder.render.registry import why_unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MISSING = list(filter(None, map(why_unsupported, ("plantuml", "typst", "gnuplot", "abc"))))
_UML, _SECOND = "@startuml\nA -> B : x\n@enduml", "@startuml\nB -> C\n@enduml"
_TUNE = "K:C\nCDEF|GABc|"


@pytest.fixture(scope="module")
def engine() -> Iterator[RenderEngine]:
    with RenderEngine(workers=1) as opened:
        yield opened


@pytest.mark.skipif(bool(_MISSING), reason="; ".join(_MISSING))
@pytest.mark.parametrize(
    ("language", "code", "same_as"),
    [
        ("plantuml", "A -> B : x", _UML),  # without its marks
        ("plantuml", f"@startuml name of a file\n{_UML.partition(chr(10))[2]}", _UML),
        ("abc", _TUNE, f"X:1\n{_TUNE}"),
        ("gnuplot", "set terminal x11\nplot x", "plot x"),
        ("gnuplot", "set output 'a.png'\nplot cos(x)\nreplot sin(x)", "plot cos(x), sin(x)"),
        ("typst", "/* said */ = Title", "= Title"),
    ],
)
def test_what_does_not_show_changes_nothing(
    engine: RenderEngine, language: str, code: str, same_as: str
) -> None:
    first, second = engine.render_one(code, language), engine.render_one(same_as, language)
    assert first.pixels_sha256 is not None, first.detail
    assert first.pixels_sha256 == second.pixels_sha256


@pytest.mark.skipif(bool(_MISSING), reason="; ".join(_MISSING))
def test_all_pictures_stand_below_each_other_and_lost_letters_are_told(engine: RenderEngine) -> None:
    one, both = (engine.render_one(code, "plantuml") for code in (_UML, f"{_UML}\n{_SECOND}"))
    assert both.height > 1.5 * one.height and both.notes == ("pages:2",)
    both = engine.render_one("set output 'a'\nplot x\nset output 'b'\nplot -x", "gnuplot")
    assert (both.width, both.height, both.notes) == (640, 960, ("pages:2",))
    assert "pages:2" in engine.render_one("one #pagebreak() two", "typst").notes
    assert "missing_glyphs:4E2D+6587" in engine.render_one(f"X:1\nT:中文\n{_TUNE}", "abc").notes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("set term png size 800,600 enhanced", "set terminal pngcairo size 800,600 enhanced"),
        ("set terminal svg size 5in,3in font 'Arial,9'", "set terminal pngcairo size 5in,3in font 'Arial,9'"),
        ("set terminal pdfcairo size 5,3", "set terminal pngcairo size 5.0in,3.0in"),
        ("set term qt 0 persist; plot x", "set terminal pngcairo ; plot x"),
        ("set terminal gif animate \\\n size 90,90", "set terminal pngcairo size 90,90"),
        ("set title 'set term png'", "set title 'set term png'"),
    ],
)
def test_every_terminal_becomes_that_of_png(written: str, meant: str) -> None:
    assert on_png(written) == meant


def test_a_folder_without_tools_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LANGUAGES_VARIABLE, str(tmp_path))
    (told, *_) = missing_tools()
    assert told == f"PlantUML is not in {tmp_path}: run vincicoder setup languages"
