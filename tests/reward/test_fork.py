"""A process forked from one that has scored is told so, and never waits without end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

import vincicoder.reward
from tests.reward.answers import fenced, icon
from vincicoder.reward import RewardConfig, RewardItem, RewardScorer, score_batch


def test_a_parents_scorer_says_whose_it_is(scorer: RewardScorer, draw: Callable[[str, str], bytes]) -> None:
    rows = [RewardItem(fenced(icon(3), "svg"), draw("svg", icon(3)), "svg")]
    before = scorer.score_batch(rows)
    child = os.fork()
    if not child:
        try:
            scorer.score_batch(rows)
        except RuntimeError as error:
            scorer.close()
            os._exit(7 if f"belongs to process {os.getppid()}" in str(error) else 8)
        os._exit(9)
    assert ended(child) == 7
    assert scorer.score_batch(rows) == before


def test_the_shared_scorer_says_that_it_does_not_survive(
    draw: Callable[[str, str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [RewardItem("no code", draw("svg", icon(3)), "svg")]
    monkeypatch.setitem(vincicoder.reward._scorers, RewardConfig(), None)
    child = os.fork()
    if not child:
        try:
            score_batch(rows)
        except RuntimeError as error:
            os._exit(7 if f"had a scorer (process {os.getppid()})" in str(error) else 8)
        os._exit(9)
    assert ended(child) == 7


def ended(child: int) -> int:
    """Return the exit code of a child that must not hang."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pytest.fail("the child hangs")
