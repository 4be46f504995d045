"""Boxes in place of letters, as the real renderers draw them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.sample import Reason
from vincicoder.verify.missing_glyphs import count_boxes, missing_glyphs

CHART = """import matplotlib.pyplot as plt
plt.rcParams['font.family'] = 'DejaVu Sans'
plt.bar(['a', 'b', 'c'], [1, 3, 2])
plt.title('{title}')
plt.savefig('chart.png')
"""
PAGE = "<html><body style='font-size:{size}px'><p>Icons {letters} here: 0000 DDDD</p></body></html>"
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80">'
    '<text x="10" y="50" font-size="30">{text}</text></svg>'
)
# The private letters of an icon font, which no font has.
LACKING = {
    "chart": ("python", CHART.format(title="\ueca1\ueca2\ueca3\ueca4")),
    "page": ("html", PAGE.format(size=24, letters="\ueca1\ueca2\ueca3\ueca4")),
    "drawing": ("svg", DRAWING.format(text="\ueca1\ueca2\ueca3\ueca4")),
}
# DejaVu Sans has Armenian letters.
DRAWN = {
    "chart": ("python", CHART.format(title="\u0548\u0551\u0553\u0532")),
    "page": ("html", PAGE.format(size=16, letters="\u0548\u0551\u0553\u0532")),
    "drawing": ("svg", DRAWING.format(text="\u0548\u0551\u0553\u0532")),
}


@pytest.fixture(scope="module")
def renders() -> dict[str, NDArray[np.uint8]]:
    cases = {
        **{f"lacking {name}": case for name, case in LACKING.items()},
        **{f"drawn {name}": case for name, case in DRAWN.items()},
    }
    requests = [RenderRequest(name, language, code) for name, (language, code) in cases.items()]
    with RenderEngine(output="pixels", workers=1, measure=False) as engine:
        return {
            result.request_id: result.pixels.copy()
            for result in engine.render(requests)
            if result.pixels is not None
        }


@pytest.mark.parametrize("name", LACKING)
def test_letters_that_no_font_has_are_told(renders: dict[str, NDArray[np.uint8]], name: str) -> None:
    rejection = missing_glyphs(renders[f"lacking {name}"], *LACKING[name])
    assert rejection is not None and rejection.reason is Reason.VERIFY_MISSING_GLYPHS
    assert "boxes of one size" in rejection.detail


@pytest.mark.parametrize("name", DRAWN)
def test_letters_that_a_font_has_are_kept(renders: dict[str, NDArray[np.uint8]], name: str) -> None:
    assert missing_glyphs(renders[f"drawn {name}"], *DRAWN[name]) is None


def boxes(count: int) -> NDArray[np.uint8]:
    image = Image.new("RGB", (300, 60), "white")
    for number in range(count):
        ImageDraw.Draw(image).rectangle((20 + 20 * number, 20, 29 + 20 * number, 36), outline="black")
    return np.asarray(image)


def test_boxes_count_only_where_the_code_has_rare_letters_that_are_no_boxes() -> None:
    assert count_boxes(boxes(4)) == 4
    rejection = missing_glyphs(boxes(4), "html", "<p>\u4e2d\u6587\u5b57\u7b26</p>")
    assert rejection is not None and "4 boxes of one size" in rejection.detail
    assert missing_glyphs(boxes(4), "html", "<p>plain words</p>") is None
    assert missing_glyphs(boxes(4), "html", "<p>\u53e3\u65e5\u56fd\u7530</p>") is None
    assert missing_glyphs(boxes(2), "html", "<p>\u4e2d\u6587\u5b57\u7b26</p>") is None
    assert missing_glyphs(boxes(4), "html", "<i style=\"content: '\\f101\\f102\\f103'\">x</i>") is not None


def test_boxes_with_signs_are_found_inside_frames() -> None:
    picture = Image.new("RGB", (300, 80), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((2, 2, 297, 77), outline="black", width=2)
    for number in range(4):
        left = 20 + 30 * number
        pen.rectangle((left, 30, left + 17, 50), outline="black", width=2)
        pen.line((left + 5, 36, left + 12, 36), fill="black", width=2)
        pen.line((left + 5, 44, left + 12, 44), fill="black", width=2)
    assert count_boxes(np.asarray(picture)) == 4
