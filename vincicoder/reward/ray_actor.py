"""The reward as a named actor on a Ray cluster: one for all of a trainer's workers, wherever Ray puts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vincicoder.reward.agreement import deciding_fields, require_same
from vincicoder.reward.breakdown import Breakdown, RewardError
from vincicoder.reward.config import RewardConfig
from vincicoder.reward.items import RewardItem
from vincicoder.reward.scorer import RewardScorer
from vincicoder.reward.wire import pack_answer, pack_rows, unpack_answer, unpack_rows

_CALLS_AT_ONCE = 16


class RewardActor:
    """What runs in the actor: a scorer and the same request format as the service."""

    def __init__(self, config: RewardConfig) -> None:
        self._scorer = RewardScorer(config).__enter__()

    def configuration(self) -> dict[str, Any]:
        """Return what it scores with: see `agreement.deciding_fields`."""
        return deciding_fields(self._scorer.config)

    def score(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Score a packed request; see `wire.py`."""
        rows = unpack_rows(request["references"], request["items"])
        try:
            return pack_answer(self._scorer.score_batch(rows), {})
        except RewardError as error:
            return pack_answer(error.breakdowns, error.failures)


class RayBackend:
    """Scores batches at the named actor, which is started if there is none."""

    def __init__(self, name: str, config: RewardConfig, **options: Any) -> None:
        """Join the cluster, find or start the actor; `options` go to Ray (num_cpus, num_gpus, resources).

        Raises ValueError, naming what differs, where an actor of that name scores with another configuration.
        """
        import ray

        if not ray.is_initialized():
            ray.init(address="auto", namespace="vincicoder")
        self._get = ray.get
        remote: Any = ray.remote(RewardActor)
        self._actor = remote.options(
            name=name,
            namespace="vincicoder",
            get_if_exists=True,
            lifetime="detached",
            max_concurrency=_CALLS_AT_ONCE,
            **options,
        ).remote(config)
        theirs: Any = self._get(self._actor.configuration.remote())
        require_same(config, theirs, f"the reward actor {name!r}")

    def score_batch(self, rows: Sequence[RewardItem | Mapping[str, Any]]) -> list[Breakdown]:
        """See `RewardScorer.score_batch`."""
        request, failures = pack_rows(rows)
        answer: Any = self._get(self._actor.score.remote(request))
        return unpack_answer(len(rows), request, answer, failures)
