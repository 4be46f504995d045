"""A judge's verdict is read by its last line with a score in range; a question is named by what it shows."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from vincicoder.evaluate.judge_config import JudgeConfig
from vincicoder.evaluate.rubrics import RUBRICS


@pytest.mark.parametrize(
    ("verdict", "score"),
    [
        ("types: 20 - all there\nScore: 85", 85.0),
        ("Score: 3\n...\n**Score:** **91/100**", 91.0),
        ("SCORE : 0", 0.0),
        ("score: 100.0", 100.0),
        ("Score: 101", None),
        ("Score: -5", None),
        ("Score: N", None),
        ("I cannot judge this.", None),
        ("", None),
    ],
)
def test_a_verdict_is_read_or_has_no_score(verdict: str, score: float | None) -> None:
    assert RUBRICS["chartmimic"].score_in(verdict) == score


def test_the_published_points_add_up() -> None:
    best = {name: rubric.best for name, rubric in RUBRICS.items()}
    assert best == {"chartmimic": 100, "plot2code": 10, "realchart2code": 22, "visplotbench": 100}


def test_another_picture_or_rubric_is_another_question_and_a_round_has_its_own_seed() -> None:
    questions = [
        rubric.question(first, second, 0, 7)
        for rubric in RUBRICS.values()
        for first, second in ((b"a", b"b"), (b"b", b"a"), (b"ab", b""))
    ]
    assert len({question.sample_id for question in questions}) == len(questions)
    again = RUBRICS["plot2code"].question(b"a", b"b", 1, 7)
    first = RUBRICS["plot2code"].question(b"a", b"b", 0, 7)
    assert (again.sample_id, again.seed, again.round_number) == (first.sample_id, first.seed + 1, 1)


@pytest.mark.parametrize("address", ["http://me:s3cret@host/v1", "http://host/v1?key=s3cret"])
def test_an_address_with_a_key_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ValidationError, match="api_key_variable") as refused:
        JudgeConfig(model="m", endpoint=address, rubrics=("chartmimic",))
    assert "s3cret" not in str(refused.value)
