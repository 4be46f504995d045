"""Rewards from an actor, on a Ray cluster of this machine's own."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.reward.answers import fenced, icon
from vincicoder.reward import RewardError, RewardItem, RewardScorer
from vincicoder.reward.backend import open_backend

ANSWERS = (fenced(icon(3), "svg"), fenced(icon(9), "svg"), "no code", fenced("<svg broken", "svg"))


def test_it_gives_the_scores_of_this_process(
    scorer: RewardScorer, draw: Callable[[str, str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray.init(
        address="local",
        num_cpus=1,
        namespace="vincicoder",
        include_dashboard=False,
        object_store_memory=100_000_000,
        log_to_driver=False,
    )
    try:
        reference = draw("svg", icon(3))
        rows = [RewardItem(answer, reference, "svg") for answer in ANSWERS]
        here = scorer.score_batch(rows)
        backend = open_backend(service=f"ray:reward-{os.getpid()}")
        assert backend.score_batch(rows) == here
        with pytest.raises(RewardError, match="row 1: the reference can't be read") as caught:
            backend.score_batch([rows[0], RewardItem(ANSWERS[0], b"no image", "svg")])
        assert caught.value.breakdowns == [here[0], None]
        with pytest.raises(
            ValueError, match=r"the reward actor 'reward-\d+' scores with .*grid: 'native' there"
        ):
            open_backend("reference", "efficientnet-lite2", f"ray:reward-{os.getpid()}")
        ray.kill(ray.get_actor(f"reward-{os.getpid()}", namespace="vincicoder"))
    finally:
        ray.shutdown()
