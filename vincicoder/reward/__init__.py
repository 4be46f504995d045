"""The coarse-to-fine visual reward: how well a response's code draws the picture it was asked for."""

from __future__ import annotations

import atexit
import os
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
_forked_from = 0  # the process that had scorers when this one was forked


def score_batch(
    items: Sequence[RewardItem | Mapping[str, Any]], config: RewardConfig | None = None
) -> list[Breakdown]:
    """Score a batch with this process's scorer for `config` (the preset `default` where None).

    See `RewardScorer.score_batch`. The first call loads the encoder and starts the render engine; they
    stay until the process ends. Raises RuntimeError in a fork of a process that has scored.
    """
    return shared_scorer(config).score_batch(items)


def shared_scorer(config: RewardConfig | None = None) -> RewardScorer:
    """Return this process's open scorer for a configuration."""
    chosen = config or RewardConfig()
    if _forked_from:
        raise RuntimeError(
            f"this process ({os.getpid()}) was forked from one that had a scorer (process {_forked_from}): "
            "neither that nor PyTorch's threads survive a fork. Start processes by "
            "'spawn' or 'forkserver', or let all ask one service (vincicoder serve-reward)"
        )
    with _lock:
        if chosen not in _scorers:
            scorer = RewardScorer(chosen).__enter__()
            atexit.register(scorer.close)
            _scorers[chosen] = scorer
        return _scorers[chosen]


def _note_fork() -> None:
    """A fork has none of the scorers' threads and processes, and perhaps a lock that nobody will release."""
    global _lock, _forked_from
    _lock = threading.Lock()
    if _scorers:
        _forked_from = os.getppid()
        _scorers.clear()


os.register_at_fork(after_in_child=_note_fork)
