"""Thresholds learned from a source, and error pages."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vincicoder.sample import Reason
from vincicoder.verify import PictureLimits, compare_with_own, learn_thresholds, mismatch, verify_picture
from vincicoder.verify.thresholds import FLOORS, MEASURES, UNKNOWN


def learned(values: list[float]) -> float:
    return learn_thresholds("s", {name: np.array(values) for name in MEASURES}).bounds["color"]


def test_bounds_come_from_median_and_upper_quarter() -> None:
    values = [float(number) for number in range(41)]  # median 20, 75th percentile 30
    assert learned(values) == 20 + 8 * 10
    assert learned(values[::-1]) == learned(values)
    # A fifth of wrong rows moves the bound a little, not to where they are.
    assert learned(values + [250.0] * 10) < 250
    assert learned([0.0] * 40) == FLOORS["color"]


def test_few_rows_are_judged_by_bounds_for_unknown_sources() -> None:
    few = learn_thresholds("s", {name: np.zeros(29) for name in MEASURES})
    assert (few.learned, few.rows, few.bounds) == (False, 29, UNKNOWN)
    detail = mismatch({**dict.fromkeys(MEASURES, 0.0), "hash": 30.0}, few)
    assert detail == "hash 30 (at most 26)"
    assert mismatch(dict.fromkeys(MEASURES, 0.0), few) is None


def picture(fill: str = "teal") -> NDArray[np.uint8]:
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).ellipse((60, 40, 200, 150), fill=fill)
    return np.asarray(image)


def test_margins_do_not_count_and_colours_do() -> None:
    framed = np.pad(picture(), ((30, 5), (0, 50), (0, 0)), constant_values=255)
    same = compare_with_own(framed, picture())
    assert (same.structure, same.hash, same.color, same.aspect) == (pytest.approx(0, abs=1e-6), 0, 0, 0)
    assert same.similarity == pytest.approx(1)
    assert compare_with_own(picture("maroon"), picture()).color > 30


@pytest.mark.parametrize(
    "code",
    [
        "<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL /a was not found here.</p>",
        "<h1>Access Denied</h1>",
        "<pre>Traceback (most recent call last):\n  File 'a.py'</pre>",
    ],
)
def test_error_pages_are_rejected(code: str) -> None:
    rejection = verify_picture(picture(), "html", code, PictureLimits())
    assert rejection is not None and rejection.reason is Reason.VERIFY_ERROR_PAGE
    assert verify_picture(picture(), "html", code + "<p>real content</p>" * 60, PictureLimits()) is None
