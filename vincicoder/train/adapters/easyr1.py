"""EasyR1: `worker.reward.reward_function=.../easyr1.py:compute_score`, a batch of dicts to a list of dicts.

The environment variable VINCICODER_REWARD holds the settings as JSON: preset, encoder, service.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from vincicoder.guess_language import guess_language
from vincicoder.reward import RewardItem
from vincicoder.reward.backend import open_backend

REWARD_NAME = "vincicoder"
REWARD_TYPE = "batch"


def compute_score(reward_inputs: Sequence[Mapping[str, Any]], **settings: Any) -> list[dict[str, float]]:
    """Return, for each input, the breakdown and the published names: overall, format, accuracy, execution.

    An input has `response`, `ground_truth` and `multi_modal_data` with the row's image. EasyR1 hands over no
    other column, so the language is that of the ground truth: a mapping's (or JSON's) "language", else that
    of the row's own code. Raises RewardError and InfrastructureError, never a false zero.
    """
    chosen = {**json.loads(os.environ.get("VINCICODER_REWARD", "{}")), **settings}
    chosen.pop("references", None)
    items = [
        RewardItem(
            row["response"],
            _encoded(row["multi_modal_data"]),
            _language(row["ground_truth"]),
            _own_program(row["ground_truth"]),
        )
        for row in reward_inputs
    ]
    breakdowns = open_backend(**chosen).score_batch(items)
    return [
        {
            **breakdown.as_dict(),
            "overall": breakdown.score,
            "accuracy": breakdown.visual,
            "execution": breakdown.rendered,
        }
        for breakdown in breakdowns
    ]


def _opened(ground_truth: Any) -> Any:
    """Return what JSON text holds, anything else as it is."""
    if isinstance(ground_truth, str) and ground_truth.lstrip().startswith("{"):
        try:
            return json.loads(ground_truth)
        except ValueError:
            return ground_truth
    return ground_truth


def _own_program(ground_truth: Any) -> str | None:
    """Return the row's own program: the ground truth, or its "code" where it is a mapping."""
    named = _opened(ground_truth)
    own = named.get("code") if isinstance(named, Mapping) and "language" in named else ground_truth
    return own if isinstance(own, str) and own.strip() else None


def _language(ground_truth: Any) -> str:
    named = _opened(ground_truth)
    if isinstance(named, Mapping) and isinstance(named.get("language"), str):
        return str(named["language"])
    return guess_language(str(ground_truth)) or "unknown"


def _encoded(multi_modal_data: Mapping[str, Any]) -> bytes | Path:
    """Return the row's first image as bytes or a path, however EasyR1 has it: decoded, encoded or named."""
    image = multi_modal_data["images"][0]
    if isinstance(image, Mapping):
        image = image.get("bytes") or image.get("path")
    if isinstance(image, Image.Image):
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()
    return image if isinstance(image, bytes) else Path(str(image))
