"""EasyR1: `worker.reward.reward_function=.../easyr1.py:compute_score`, a batch of dicts to a list of dicts.

The settings are preset, references, encoder and service: keywords (`worker.reward.reward_function_kwargs`),
or JSON in the environment variable VINCICODER_REWARD.
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
from vincicoder.train.adapters.verl import reference_of

REWARD_NAME = "vincicoder"
REWARD_TYPE = "batch"


def compute_score(reward_inputs: Sequence[Mapping[str, Any]], **settings: Any) -> list[dict[str, float]]:
    """Return, for each input, the breakdown and the published names: overall, format, accuracy, execution.

    EasyR1 hands over `response, response_length, ground_truth` and no other column of a row. So
    `ground_truth`, the column `answer` of an RL release, is an object as JSON: `language`, `code`, `stack`
    and `data` where there are, and `reference_sha256`, the name of the picture in the release `references`.
    Without `references` the picture is the first of `multi_modal_data`, which some versions of EasyR1 add; a
    `ground_truth` that is plain code has the language that it looks like. Raises ValueError where a row has
    no picture or no language, RewardError and InfrastructureError, never a false zero.
    """
    chosen = {**json.loads(os.environ.get("VINCICODER_REWARD", "{}")), **settings}
    references = chosen.pop("references", None) or ""
    items = [_item(row, references) for row in reward_inputs]
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


def _item(row: Mapping[str, Any], references: str) -> RewardItem:
    answer = _opened(row["ground_truth"])
    code = answer.get("code")
    language = answer.get("language") or guess_language(code or "")
    if not language:
        raise ValueError(
            f"the ground truth {str(row['ground_truth'])[:80]!r} names no language and looks like none; "
            'needed is an object as JSON with "language" and "code", as the column `answer` of an RL release '
            "has it (`vincicoder build rl` makes it)"
        )
    own = code if isinstance(code, str) and code.strip() else None
    picture, stack = _picture(row, answer, references), answer.get("stack") or ""
    return RewardItem(row["response"], picture, str(language), own, stack, answer.get("data") or "")


def _opened(ground_truth: Any) -> Mapping[str, Any]:
    """Return what the row's answer holds; plain code is an answer that holds nothing else."""
    opened = ground_truth
    if isinstance(ground_truth, str) and ground_truth.lstrip().startswith("{"):
        try:
            opened = json.loads(ground_truth)
        except ValueError:
            opened = ground_truth
    # Vega-Lite is an object too: it has no language.
    return opened if isinstance(opened, Mapping) and "language" in opened else {"code": str(ground_truth)}


def _picture(row: Mapping[str, Any], answer: Mapping[str, Any], references: str) -> bytes | Path:
    """Return the row's reference as bytes or a path, wherever it is."""
    if references and answer.get("reference_sha256"):
        return reference_of(answer, references)
    images = (row.get("multi_modal_data") or {}).get("images")
    if not images:
        raise ValueError(
            "the row comes without its picture: pass the RL release's folder as `references` "
            "(worker.reward.reward_function_kwargs), and `answer_key=answer` of that release"
        )
    image = images[0]
    if isinstance(image, Mapping):
        image = image.get("bytes") or image.get("path")
    if isinstance(image, Image.Image):
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()
    return image if isinstance(image, bytes) else Path(str(image))
