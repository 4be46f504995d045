"""What a part of the picture is worth: each part more than the last, a frame little, half about half."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.completeness import measure_completeness, shortcomings
from vincicoder.reward import RewardScorer
from vincicoder.similarity.bands import lay_over


@pytest.mark.slow
def test_the_reward_rises_with_every_part_that_is_drawn(scorer: RewardScorer) -> None:
    ladders = measure_completeness(scorer, ("html", "sections"))
    assert {name: shortcomings(scores) for name, scores in ladders.items()} == {
        "html": [], "sections": []
    }, ladders  # fmt: skip
    assert all(scores[-1] > 0.99 for scores in ladders.values()), ladders


def _page(*bands: tuple[int, int], height: int = 400) -> np.ndarray:  # type: ignore[type-arg]
    """Draw boxes at (top, left), each of its own width."""
    page = np.full((height, 300, 3), 255, np.uint8)
    for top, left in bands:
        page[top : top + 40, left : left + 100 + left // 2] = (20, 90, left)
    return page


@pytest.mark.parametrize(
    ("drawn", "kept"),
    [
        (_page((20, 10), (140, 150), height=300), 0.97),  # the second of three is missing: the third moved up
        (_page((20, 10)), 1.0),  # the rest is missing
        (_page((20, 10), height=80), 1.0),  # and the page ends there
    ],
)
def test_what_follows_a_missing_part_is_laid_where_it_belongs(drawn: np.ndarray, kept: float) -> None:  # type: ignore[type-arg]
    whole = _page((20, 10), (140, 60), (260, 150))
    laid = lay_over(drawn, whole)
    assert laid.pixels.shape == whole.shape
    shown = (laid.pixels != 255).any(axis=2)
    assert (laid.pixels[shown] == whole[shown]).all()
    assert kept - 0.03 < laid.kept <= kept


def test_parts_that_do_not_belong_stay_and_cost_where_they_are_cut() -> None:
    whole = _page((20, 10))[:100]
    more = lay_over(_page((20, 10), (140, 60)), whole)
    assert more.pixels.shape == whole.shape and more.kept < 0.7
    other = np.full((100, 200, 3), 255, np.uint8)
    assert lay_over(other, whole).pixels is other  # another width is another picture
