"""verl 0.9: an asynchronous `compute_score` per sample, gathered into batches within each reward worker.

reward.custom_reward_function.path=.../verl.py reward.custom_reward_function.name=compute_score
+reward.custom_reward_function.reward_kwargs.{preset,references,encoder,service}=...

verl starts `reward.num_workers` processes: with more than one, give a service, or each has its own renderers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from vincicoder.reward import RewardItem
from vincicoder.reward.backend import open_backend
from vincicoder.reward.micro_batches import MicroBatcher

_batchers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[Any, ...], MicroBatcher]] = (
    WeakKeyDictionary()
)


async def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any],
    preset: str = "default",
    references: str = "",
    encoder: str | None = None,
    service: str | None = None,
    **_: Any,
) -> dict[str, float]:
    """Return the breakdown of one response, with the same keys for every sample.

    The language is `extra_info["language"]`, its libraries those of `extra_info["stack"]`, if any,
    its files those of `extra_info["data"]`. The
    reference picture, which verl strips from the row, is `extra_info["reference"]` (a path, or encoded
    bytes), else the file of `extra_info["reference_sha256"]` under the RL release `references`. Raises
    RewardError and InfrastructureError, never a false zero.
    """
    settings = (preset, encoder, service)
    batchers = _batchers.setdefault(asyncio.get_running_loop(), {})
    if settings not in batchers:
        backend = await asyncio.to_thread(open_backend, *settings)
        batchers.setdefault(settings, MicroBatcher(backend.score_batch))
    own = ground_truth if isinstance(ground_truth, str) and ground_truth.strip() else None
    item = RewardItem(
        solution_str,
        reference_of(extra_info, references),
        str(extra_info["language"]),
        own,
        extra_info.get("stack") or "",
        extra_info.get("data") or "",
    )
    return (await batchers[settings].score(item)).as_dict()


def reference_of(row: Mapping[str, Any], references: str) -> bytes | Path:
    """Return a row's reference picture, or where it lies. Raises ValueError where the row doesn't say."""
    reference = row.get("reference")
    if reference:
        return reference if isinstance(reference, bytes) else Path(references, reference)
    digest = row.get("reference_sha256")
    if not digest:
        raise ValueError("the row has neither `reference` (a path, or bytes) nor `reference_sha256`")
    return Path(references, "references", digest[:2], f"{digest}.png")
