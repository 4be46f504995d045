"""One open scorer and one set of reference pictures for all tests of the reward."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.reward.answers import CHART
from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.reward import RewardConfig, RewardScorer


@pytest.fixture(scope="session")
def draw() -> Iterator[Callable[[str, str], bytes]]:
    """Return a function that renders code to PNG bytes: references come from the same engine."""
    with RenderEngine(workers=1) as engine:

        def render(language: str, code: str) -> bytes:
            (result,) = engine.render([RenderRequest("reference", language, code)])
            assert result.png is not None, result.detail
            return result.png

        yield render


@pytest.fixture(scope="session")
def chart(draw: Callable[[str, str], bytes]) -> bytes:
    return draw("python", CHART)


@pytest.fixture(scope="session")
def scorer() -> Iterator[RewardScorer]:
    """The preset `default` with its embedded encoder, and limits that end hostile code soon, but not a
    page whose browser starts on a slow machine."""
    config = RewardConfig.preset(
        "default", deadline_seconds=8, cpu_seconds=7, workers=2, device="cpu", memory_mb=1024
    )
    with RewardScorer(config) as opened:
        yield opened
