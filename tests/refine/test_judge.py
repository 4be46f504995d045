"""Which flaws count: pictures that differ to the eye, failures that say why, never the answer itself."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from vincicoder.refine.judge import (
    SAME_PICTURE,
    FlawOutcome,
    RefineLimits,
    difficulty,
    is_usable,
    judge_failure,
    judge_picture,
    read_target,
)
from vincicoder.sample import Reason

LIMITS = RefineLimits()


def picture(x: int = 40, color: str = "navy", size: tuple[int, int] = (200, 150)) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((x, 40, x + 50, 100), fill=color)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("flawed", "outcome"),
    [
        (picture(), FlawOutcome.SAME),
        (picture(x=70), FlawOutcome.DIFFERS),
        (picture(color="red"), FlawOutcome.DIFFERS),
        (picture(color="#000082"), FlawOutcome.SAME),
        (picture(size=(260, 150)), FlawOutcome.DIFFERS),
    ],
)
def test_a_picture_counts_where_the_eye_sees_a_difference(flawed: bytes, outcome: FlawOutcome) -> None:
    verdict = judge_picture(read_target(picture()), flawed, LIMITS)
    assert verdict.outcome is outcome
    assert verdict.similarity is not None and 0 <= verdict.similarity <= 1


def test_an_equal_picture_is_the_same_to_the_last_digit() -> None:
    for size in ((200, 150), (801, 640), (12, 7)):
        target = read_target(picture(size=size))
        for limits in (LIMITS, RefineLimits(max_similarity=1.0)):
            assert judge_picture(target, picture(size=size), limits) == SAME_PICTURE


def test_a_change_of_colour_alone_counts_only_where_it_is_seen() -> None:
    target = read_target(picture(color="#008080"))
    for limits in (LIMITS, RefineLimits(max_similarity=1.0)):
        like = judge_picture(target, picture(color="#008281"), limits)
        assert like.outcome is FlawOutcome.SAME and like.similarity is not None
        assert 0.999 < like.similarity < 1
    unlike = judge_picture(target, picture(color="#8b4f6b"), RefineLimits(max_similarity=1.0))
    assert unlike.outcome is FlawOutcome.DIFFERS and unlike.similarity is not None
    assert 0.999 < unlike.similarity < 1


def test_failures_count_where_they_say_why_for_a_share_of_samples() -> None:
    def outcomes(reason: Reason, detail: str) -> list[FlawOutcome]:
        return [judge_failure(f"s{n}", reason.value, detail, LIMITS).outcome for n in range(400)]

    telling = outcomes(Reason.RENDER_ERROR, "NameError: plt")
    assert set(telling) == {FlawOutcome.FAILS, FlawOutcome.FAILS_TOO}
    assert 265 <= telling.count(FlawOutcome.FAILS) <= 335
    assert set(outcomes(Reason.RENDER_ERROR, "x" * 401)) == {FlawOutcome.LONG_ERROR}
    assert set(outcomes(Reason.RENDER_TIMEOUT, "slow")) == {FlawOutcome.OTHER_FAILURE}


@pytest.mark.parametrize(
    ("flawed", "usable"),
    [("b", True), (" a\n", False), ("  ", False), ("<image>", False), ("b" * 32_001, False)],
)
def test_what_a_prompt_may_show(flawed: str, usable: bool) -> None:
    assert is_usable(flawed, "a", LIMITS) is usable


def test_difficulty_grows_with_lines_faults_and_subtlety() -> None:
    code = "\n".join(f"line {number}" for number in range(20))
    one_line = code.replace("line 3\n", "line x\n")
    assert difficulty(one_line, code, 1, None) == "easy"
    assert difficulty(one_line, code, 1, 0.97) == "medium"
    assert difficulty(one_line, code, 3, 0.97) == "hard"
    assert difficulty("", code, 1, None) == "hard"
