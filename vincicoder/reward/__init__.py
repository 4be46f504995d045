"""The coarse-to-fine visual reward: how well a response's code draws the picture it was asked for."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from vincicoder.reward.breakdown import KEYS, Breakdown, RewardError
from vincicoder.reward.config import PRESETS, RewardConfig
from vincicoder.reward.items import RewardItem
from vincicoder.reward.scorer import RewardScorer

__all__ = [
    "KEYS",
    "PRESETS",
    "Breakdown",
    "RewardConfig",
    "RewardError",
    "RewardItem",
    "RewardScorer",
    "score_batch",
    "shared_scorer",
]

_scorers: dict[RewardConfig, RewardScorer] = {}
_lock = threading.Lock()


def score_batch(
    items: Sequence[RewardItem | Mapping[str, Any]], config: RewardConfig | None = None
) -> list[Breakdown]:
    """Score a batch with this process's scorer for `config` (the preset `default` where None).

    See `RewardScorer.score_batch`. The first call loads the encoder and starts the render engine; they
    stay until the process ends.
    """
    return shared_scorer(config).score_batch(items)


def shared_scorer(config: RewardConfig | None = None) -> RewardScorer:
    """Return this process's open scorer for a configuration."""
    chosen = config or RewardConfig()
    with _lock:
        if chosen not in _scorers:
            scorer = RewardScorer(chosen).__enter__()
            atexit.register(scorer.close)
            _scorers[chosen] = scorer
        return _scorers[chosen]
