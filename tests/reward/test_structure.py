"""The structural term: off unless asked, from the same draw, and no reward for what an answer has beside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.reward.answers import CHART, fenced, icon
from vincicoder.reward import RewardConfig, RewardItem, RewardScorer
from vincicoder.reward.answer import ParsedAnswer
from vincicoder.reward.copies import Verdict
from vincicoder.reward.outcome import RenderOutcome, assemble
from vincicoder.reward.structural import structure_likeness
from vincicoder.reward.visual import Likeness

PAGE = "<html><body><ul><li>a</li><li>b</li></ul><p><b>x</b></p></body></html>"


def likeness(language: str, wanted: str | None, answered: str) -> float | None:
    return structure_likeness(language, wanted, answered, "", "")


def test_pages_and_drawings_by_hand() -> None:
    assert likeness("html", PAGE, PAGE) == 1.0
    assert likeness("html", PAGE, "<html><body><p><b>x</b></p></body></html>") == pytest.approx(2 * 3 / 9)
    hidden = "".join(f"<i{n}><u></u></i{n}>" for n in range(20))
    crowded = likeness("html", PAGE, PAGE.replace("</body>", hidden + "</body>"))
    assert crowded is not None and crowded < 0.4  # all that is asked is there, and much beside
    assert likeness("svg", icon(1), icon(1)) == 1.0
    assert likeness("svg", icon(1), icon(1).replace("#223355", "red")) == pytest.approx((1 + 2 / 3) / 2)
    assert likeness("svg", icon(1), icon(1).replace("item 1", "item 9")) == pytest.approx((1 + 2 / 3) / 2)
    assert likeness("svg", icon(1), "<svg></svg>") == 0.0


def test_where_it_cannot_be_said_there_is_none() -> None:
    assert likeness("svg", None, icon(1)) is None
    assert likeness("svg", "<svg></svg>", icon(1)) is None
    assert likeness("latex", "x", "x") is None
    assert likeness("python", CHART, CHART) is None  # the row's own program has no record


def test_the_term_is_a_share_of_the_visual_term() -> None:
    answer = ParsedAnswer("code", 1.0, 1.0, 1.0, "", "")
    outcome = RenderOutcome(Likeness(0.5, 0.5, 0.5, 0.5, 0.5, 0.0, 1.0, 1.0))
    config = RewardConfig(structure_weight=0.2)
    assert assemble(answer, outcome, config, Verdict(), 1.0).visual == pytest.approx(0.6)
    assert assemble(answer, outcome, config, Verdict(), 0.0).visual == pytest.approx(0.4)
    assert assemble(answer, outcome, config, Verdict()).visual == 0.5
    blank = assemble(answer, RenderOutcome(blank=True), config, Verdict(), 1.0)
    assert (blank.score, blank.structure) == (0.0, 0.0)
    with pytest.raises(ValueError, match=r"structure_weight=1\.5"):
        RewardConfig(structure_weight=1.5)


def test_charts_are_compared_by_what_they_call(chart: bytes, draw: Callable[[str, str], bytes]) -> None:
    other = CHART.replace("plt.bar(", "plt.barh(")
    rows = [
        RewardItem(fenced(CHART), chart, "python", CHART),
        RewardItem(fenced(other), chart, "python", CHART),
        RewardItem(fenced(CHART), chart, "python"),
        RewardItem(fenced("raise ValueError"), chart, "python", CHART),
    ]
    with RewardScorer(RewardConfig(workers=1, device="cpu", structure_weight=0.2)) as scorer:
        own, wrong, without, failed = scorer.score_batch(rows)
        again = scorer.score_batch(rows)[0]
    assert own.structure == 1.0 and own.score == again.score == pytest.approx(1.0, abs=1e-3)
    assert 0.5 < wrong.structure < 1 and wrong.score < own.score
    assert (without.structure, failed.structure) == (0.0, 0.0)
    assert without.score == pytest.approx(1.0, abs=1e-3)
