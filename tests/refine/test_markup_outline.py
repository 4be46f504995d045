"""Places of elements and texts: in characters, whatever bytes these take; the work grows with the text."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from vincicoder.refine.markup_outline import MarkupOutline, html_outline, svg_outline


def svg(rows: int) -> str:
    lines = "".join(f'<text x="{row}" fill="réd">数字 {row} – €</text>\n' for row in range(rows))
    return f'<svg xmlns="http://www.w3.org/2000/svg"><g id="größe">\n{lines}</g><circle r="1"/></svg>'


def shown(outline: MarkupOutline) -> list[str]:
    return [outline.source[start:stop] for start, stop, _ in outline.texts]


def test_places_are_in_characters() -> None:
    outline = svg_outline(svg(40))
    assert [element.name for element in outline.elements] == ["svg", "g", *["text"] * 40, "circle"]
    assert shown(outline) == [f"数字 {row} – €" for row in range(40)]
    group, last = outline.elements[1], outline.elements[-1]
    assert outline.value(group, "id") == "größe"
    assert outline.source[group.close : group.stop] == "</g>"
    assert outline.source[last.start : last.stop] == '<circle r="1"/>'


@pytest.mark.parametrize("outline", [svg_outline, html_outline])
def test_four_times_the_text_takes_four_times_the_work(outline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is decoded is counted, and the calls: seconds would be those of a busy machine."""

    def work(rows: int) -> int:
        done = 0

        def count(frame: FrameType, event: str, argument: Any) -> None:
            nonlocal done
            if event == "c_call" and argument.__name__ == "decode":
                done += len(argument.__self__)
            elif event == "call":
                done += 1

        unclosed = "<b>" * rows + "</i>" * rows if outline is html_outline else ""
        sys.setprofile(count)
        try:
            outline(unclosed + svg(rows))
        finally:
            sys.setprofile(None)
        return done

    assert work(800) < 4.5 * work(200)
