"""Letters that no font here has, told from the fonts."""

from __future__ import annotations

import pytest

from vincicoder.render import RenderEngine, RenderLimits, RenderRequest
from vincicoder.render.font_coverage import letters_of_code, scripts_without_font, uncovered

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80"><text x="9" y="50">{}</text></svg>'


def test_letters_are_looked_up_in_the_fonts() -> None:
    assert uncovered("plain Größe α Ж א \u200d\ufe0f 中 あ 한 \U0001f680") == []
    assert uncovered("a\ueca1b\ueca1") == [0xECA1]
    assert uncovered("\ueca1", private=False) == []
    assert letters_of_code(r"a \u4e2d &#x3042; &#54620; é") == ["中", "あ", "한"]
    assert scripts_without_font() == []


@pytest.mark.tools
def test_every_language_notes_what_it_shows_and_no_font_has() -> None:
    codes = {
        "svg": ("svg", _SVG.format("&#xeca1; 中文")),
        "graphviz": ("graphviz", 'graph { a [label="中文 \ueca1"] }'),
        "page": ("html", "<style>p::before{content:'\\eca1'}</style><p>中文 😀</p><!-- \ueca2 -->"),
        "hidden": ("html", "<p>中文 😀</p><p style='display:none'>\ueca2</p>"),
        "mermaid": ("mermaid", "flowchart LR\nA[中文] --> B[\ueca1]"),
    }
    requests = [RenderRequest(name, *code) for name, code in codes.items()]
    with RenderEngine(RenderLimits(), workers=1) as engine:
        notes = {result.request_id: result.notes for result in engine.render(requests)}
    assert notes == {
        "svg": ("missing_glyphs:ECA1",),
        "graphviz": ("missing_glyphs:ECA1",),
        "page": ("missing_glyphs:ECA1",),
        "hidden": (),
        "mermaid": ("handed_over:browser", "missing_glyphs:ECA1"),
    }
