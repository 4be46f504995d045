"""ms-swift 4.6: `swift rlhf --rlhf_type grpo --external_plugins .../swift.py --reward_funcs vincicoder`.

The environment variable VINCICODER_REWARD holds the settings as JSON: preset, references, encoder, service.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from swift.rewards import AsyncORM, orms

from vincicoder.train.adapters.verl import reference_of
from vincicoder.train.reward import RewardItem
from vincicoder.train.reward.backend import open_backend


class VinciCoderReward(AsyncORM):  # type: ignore[misc]  # ms-swift ships no types
    """One batch of completions; the rows' columns are `language`, and `reference_sha256` or `images`."""

    async def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        """Return the scores. Raises RewardError and InfrastructureError, never a false zero."""
        settings = json.loads(os.environ.get("VINCICODER_REWARD", "{}"))
        references = settings.pop("references", "")
        items = [
            RewardItem(
                completion,
                _reference(
                    {name: values[row] for name, values in columns.items() if _is_column(values)}, references
                ),
                columns["language"][row],
            )
            for row, completion in enumerate(completions)
        ]
        backend = await asyncio.to_thread(open_backend, **settings)
        return [breakdown.score for breakdown in await asyncio.to_thread(backend.score_batch, items)]


def _is_column(values: Any) -> bool:
    return isinstance(values, list | tuple)


def _reference(row: Mapping[str, Any], references: str) -> Any:
    """Return the reference: by path or hash, else the row's own first image (bytes, path or both)."""
    if row.get("reference") or (row.get("reference_sha256") and references):
        return reference_of(row, references)
    image = (row.get("images") or [None])[0]
    if isinstance(image, Mapping):
        return image.get("bytes") or image.get("path")
    return image


orms["vincicoder"] = VinciCoderReward
# ms-swift has put this file's folder first on the path, where our `swift.py` and `verl.py` would hide the
# packages of those names from processes that are started later.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != _HERE]
