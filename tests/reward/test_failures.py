"""What is not the response's fault is raised, never scored; neighbours get their scores all the same."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reward.answers import CHART, fenced, icon
from vincicoder.render.processes import descendants
from vincicoder.reward import RewardConfig, RewardError, RewardItem, RewardScorer, score_batch
from vincicoder.similarity.encoders.base import MissingWeightsError


def test_bad_rows_are_named_and_do_not_hurt_their_neighbours(
    scorer: RewardScorer, chart: bytes, tmp_path: Path
) -> None:
    (tmp_path / "not-an-image.png").write_text("no")
    good = {"response": fenced(CHART), "reference": chart, "language": "python"}
    rows = [
        good,
        {**good, "reference": b"\x89PNG but not really"},
        {**good, "reference": tmp_path / "missing.png"},
        {**good, "reference": str(tmp_path / "not-an-image.png")},
        {**good, "language": "cobol"},
        {"response": "x", "language": "python"},
        good,
    ]
    with pytest.raises(RewardError, match=r"5 of 7 rows could not be scored: row 1: the reference") as caught:
        scorer.score_batch(rows)
    assert sorted(caught.value.failures) == [1, 2, 3, 4, 5]
    assert "missing.png" in caught.value.failures[2]
    assert "'cobol'" in caught.value.failures[4]
    assert "reference" in caught.value.failures[5]
    assert [b.score if b else None for b in caught.value.breakdowns] == [1, None, None, None, None, None, 1]


def test_workers_that_die_cost_a_retry_and_no_score(draw: Callable[[str, str], bytes]) -> None:
    """Every process of the engine is killed again and again while a batch is drawn."""
    references = [draw("svg", icon(number)) for number in range(4)]
    slow = CHART.replace("plt.savefig", "import time; time.sleep(0.6)\nplt.savefig")
    rows = [RewardItem(fenced(f"{slow}# {n}"), references[0], "python") for n in range(3)]
    rows += [RewardItem(fenced(icon(n), "svg"), references[n], "svg") for n in range(4)]
    config = RewardConfig.preset("default", workers=2, device="cpu", retries=6, rescale=False)
    with RewardScorer(config) as scorer:
        kills = 0
        done = threading.Event()

        def kill() -> None:
            nonlocal kills
            while not done.wait(1.0) and kills < 3:
                for guard in scorer.worker_processes():
                    for pid in (guard, *descendants(guard)):
                        try:
                            os.kill(pid, signal.SIGKILL)
                        except ProcessLookupError:
                            continue
                        kills += 1

        killer = threading.Thread(target=kill)
        killer.start()
        breakdowns = scorer.score_batch(rows)
        done.set()
        killer.join()
    assert kills >= 1
    assert [b.score for b in breakdowns[3:]] == [1, 1, 1, 1]
    assert all(b.rendered for b in breakdowns)


def test_a_language_that_cannot_be_drawn_here_is_our_fault(
    chart: bytes, monkeypatch: pytest.MonkeyPatch, scorer: RewardScorer
) -> None:
    monkeypatch.setattr(
        "vincicoder.render.engine.engine.why_unsupported", lambda language: "TeX is not installed"
    )
    with pytest.raises(RewardError, match="TeX is not installed"):
        scorer.score_batch([RewardItem(fenced("\\tikz\\draw (0,0);", "latex"), chart, "latex")])


def test_missing_weights_are_an_error_at_once(chart: bytes) -> None:
    with pytest.raises(MissingWeightsError, match="hf download facebook/dinov2-large"):
        score_batch([RewardItem("x", chart, "svg")], RewardConfig.preset("reference"))


def test_duplicates_are_drawn_once_and_references_encoded_once(draw: Callable[[str, str], bytes]) -> None:
    references = [draw("svg", icon(number)) for number in (20, 21)]
    rows = [RewardItem(fenced(icon(20 + n % 3), "svg"), references[n % 2], "svg") for n in range(24)]
    with RewardScorer(RewardConfig.preset("default", workers=1, device="cpu", rescale=False)) as scorer:
        first = scorer.score_batch(rows)
        assert scorer.counts["programs"] == 3
        assert scorer.references.prepared == 2
        encoded = scorer.features.encoded
        second = scorer.score_batch(rows)
        assert (scorer.counts["programs"], scorer.references.prepared) == (3, 2)
        assert scorer.features.encoded == encoded
    assert first == second


def test_wrong_options_are_refused() -> None:
    with pytest.raises(ValueError, match=r"preset 'best'; there are reference, default"):
        RewardConfig.preset("best")
    with pytest.raises(TypeError, match="no_such_option"):
        RewardConfig.preset("default", no_such_option=1)
    with pytest.raises(ValueError, match="at most 1"):
        RewardConfig(format_weight=0.8, execution_weight=0.4)
