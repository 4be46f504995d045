"""Clipped content: what runs into the border where it would else end before it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vincicoder.verify import clipped_share


def labelled(left: int, background: str = "white") -> NDArray[np.uint8]:
    image = Image.new("RGB", (240, 120), background)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 20, 180, 80), outline="navy", width=2)
    draw.text((left, 90), "a long label of an axis", font=ImageFont.load_default(16), fill="black")
    return np.asarray(image)


@pytest.mark.parametrize("language", ["python", "latex", "graphviz", "mermaid", "html"])
@pytest.mark.parametrize("background", ["white", "beige", "lightsteelblue"])
def test_a_label_that_runs_over_the_border_is_told_on_any_background(language: str, background: str) -> None:
    assert clipped_share(labelled(30, background), language) == 0
    share = clipped_share(labelled(150, background), language)
    assert share is not None and 0.002 < share < 0.03


def test_bars_of_pages_may_touch_the_border_and_those_of_figures_may_not() -> None:
    page = labelled(30).copy()
    page[10:50, :20] = 90
    assert clipped_share(page, "html") == 0
    assert clipped_share(page, "python") == pytest.approx(40 / 716)


def test_nothing_is_told_of_drawings_and_of_what_fills_its_frame() -> None:
    assert clipped_share(labelled(150), "svg") is None
    full = np.random.default_rng(0).integers(0, 255, (90, 90, 3)).astype(np.uint8)
    assert clipped_share(full, "python") is None


def test_compression_leaves_no_content_at_the_border() -> None:
    faint = labelled(30).copy()
    faint[0] = 255 - np.random.default_rng(1).integers(0, 40, faint[0].shape).astype(np.uint8)
    assert clipped_share(faint, "python") == 0
