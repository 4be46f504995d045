"""Thresholds learned from a source, and error pages."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vincicoder.sample import Reason
from vincicoder.verify import PictureLimits, compare_with_own, learn_thresholds, mismatch, verify_picture
from vincicoder.verify.thresholds import FLOORS, MEASURES, UNKNOWN


def learned(values: list[float], measure: str = "color") -> float | None:
    return learn_thresholds("s", {name: np.array(values) for name in MEASURES}).bounds[measure]


def test_bounds_come_from_median_and_upper_quarter() -> None:
    values = [number / 5 for number in range(41)]  # median 4, 75th percentile 6
    assert learned(values) == 4 + 9 * 2
    assert learned(values[::-1]) == learned(values)
    # A tenth of wrong rows moves the bound a little, not to where they are.
    assert 22 < (learned(values + [250.0] * 4) or 0) < 40
    assert learned([0.0] * 40) == FLOORS["color"]
    assert learned([float(number) for number in range(40)]) == UNKNOWN["color"]


def test_an_unsteady_hash_tells_nothing() -> None:
    assert learned([2.0] * 40, "hash") == FLOORS["hash"]
    assert learned([2.0] * 35 + [30.0] * 5, "hash") is None
    off = learn_thresholds("s", {name: np.array([0.0] * 35 + [30.0] * 5) for name in MEASURES})
    assert mismatch({**dict.fromkeys(MEASURES, 0.0), "hash": 40.0}, off) is None


def test_few_rows_are_judged_by_bounds_for_unknown_sources() -> None:
    few = learn_thresholds("s", {name: np.zeros(29) for name in MEASURES})
    assert (few.learned, few.rows, few.bounds) == (False, 29, {**UNKNOWN, "hash": None})
    far = mismatch({**dict.fromkeys(MEASURES, 0.0), "color": 95.0}, few)
    assert far is not None
    assert (far.detail, far.value, far.bound) == ("color 95 (at most 90)", 95.0, 90.0)
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


def compressed(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    image = Image.fromarray(pixels)
    image.resize((round(image.width * scale), round(image.height * scale))).save(stream, "JPEG", quality=80)
    return np.asarray(Image.open(stream))


def test_scale_margins_and_compression_stay_near_and_a_cut_off_side_does_not() -> None:
    framed = compressed(np.pad(picture(), ((9, 4), (0, 8), (0, 0)), constant_values=255), 0.7)
    near = compare_with_own(framed, picture())
    assert near.structure < 0.1 and near.aspect < FLOORS["aspect"] and near.color < 15
    cut = compare_with_own(compressed(picture()[:, :150], 0.7), picture())
    assert cut.aspect > 0.2


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


def plotted(extra: bool = True, label_left: int = 40) -> NDArray[np.uint8]:
    image = Image.new("RGB", (300, 200), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 20, 270, 170), outline="black")
    draw.line((30, 150, 150, 60, 270, 90), fill="teal", width=4)
    if extra:
        draw.line((30, 40, 270, 160), fill="maroon", width=2)
    draw.text((label_left, 178), "months", fill="black")
    return np.asarray(image)


def test_a_lost_series_and_a_moved_label_are_missing_in_one_of_the_two() -> None:
    """Both are a few hundredths of what is drawn, and hardly move structure or hash."""
    own = compressed(plotted(), 0.8)
    assert compare_with_own(own, plotted()).missing == 0
    for wrong in (plotted(extra=False), plotted(label_left=200)):
        found = compare_with_own(own, wrong)
        assert found.structure < 0.15 and found.hash <= 12
        assert found.missing > 2 * FLOORS["missing"]


def test_other_hues_are_told_and_another_brightness_is_not() -> None:
    dull = (plotted().astype(np.float32) * 0.85 + 15).astype(np.uint8)
    assert compare_with_own(dull, plotted()).chroma < 8
    assert compare_with_own(plotted()[..., ::-1], plotted()).chroma > FLOORS["chroma"]


def test_a_source_whose_pictures_do_not_lie_over_each_other_has_a_loose_bound_of_what_is_missing() -> None:
    assert learned([0.0] * 40, "missing") == FLOORS["missing"]
    assert learned([0.0] * 32 + [0.2] * 8, "missing") == pytest.approx(0.4)
    # One wrong row in ten is told all the same.
    assert learned([0.0] * 36 + [0.2] * 4, "missing") == FLOORS["missing"]
