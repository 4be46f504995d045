"""ms-swift 4.6: `swift rlhf --rlhf_type grpo --external_plugins .../swift.py --reward_funcs vincicoder`.

The environment variable VINCICODER_REWARD holds the settings as JSON: preset, references, encoder, service
and `rollouts`: a folder for each answer and what it earned (see `vincicoder.train.rollouts`).
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from swift.rewards import AsyncORM, orms

from vincicoder.reward import Breakdown, RewardItem
from vincicoder.reward.backend import open_backend
from vincicoder.train.adapters.verl import reference_of
from vincicoder.train.rollouts import PromptRow, Rollout, rollout_line

_MOST_UNWRITTEN = 10_000  # answers kept while they can't be written, about 30 KB each
_unwritten: deque[str] = deque(maxlen=_MOST_UNWRITTEN)
_logger = logging.getLogger("vincicoder")


class VinciCoderReward(AsyncORM):  # type: ignore[misc]  # ms-swift ships no types
    """One batch of completions; the rows' columns are `language`, `reference_sha256` or `images`, and
    `stack` where it is not today's, `data` where its program reads files."""

    async def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
        """Return the scores. Raises RewardError and InfrastructureError, never a false zero."""
        settings = json.loads(os.environ.get("VINCICODER_REWARD", "{}"))
        references, rollouts = settings.pop("references", ""), settings.pop("rollouts", "")
        rows = [
            {name: values[number] for name, values in columns.items() if isinstance(values, list | tuple)}
            for number in range(len(completions))
        ]
        items = [
            RewardItem(
                completion,
                _reference(row, references),
                row["language"],
                _own_program(row),
                row.get("stack") or "",
                row.get("data") or "",
            )
            for completion, row in zip(completions, rows, strict=True)
        ]
        backend = await asyncio.to_thread(open_backend, **settings)
        breakdowns = await asyncio.to_thread(backend.score_batch, items)
        if rollouts:
            step = columns["trainer_state"].global_step
            _keep(Path(rollouts), [
                _rollout(completion, row, breakdown, step)
                for completion, row, breakdown in zip(completions, rows, breakdowns, strict=True)
            ])  # fmt: skip
        return [breakdown.score for breakdown in breakdowns]


def _rollout(completion: str, row: Mapping[str, Any], breakdown: Breakdown, step: int) -> Rollout:
    """`step` is what the trainer has done: training answers are for the next one, validation is of this."""
    validation = (row.get("extra_info") or {}).get("split") == "validation"
    prompt = PromptRow(
        row.get("sample_id", ""),
        row.get("domain", ""),
        row["language"],
        row.get("reference_sha256", ""),
        row.get("stack") or "",
        row.get("data") or "",
    )
    if validation:
        return Rollout("validation", step, prompt, completion, breakdown.as_dict())
    return Rollout("train", step + 1, prompt, completion, breakdown.as_dict())


def _own_program(row: Mapping[str, Any]) -> str | None:
    """Return the row's own program, where the release carries it."""
    model = row.get("reward_model")
    own = model.get("ground_truth") if isinstance(model, Mapping) else None
    named = [own, *(row.get(name) for name in ("code", "ground_truth", "solution"))]
    return next((text for text in named if isinstance(text, str)), None)


def _keep(folder: Path, rollouts: Sequence[Rollout]) -> None:
    """Append to this process's own file: the trainer has one process a GPU.

    A disk that is full, or away, does not end the training: the newest answers wait for the next call.
    """
    _unwritten.extend(map(rollout_line, rollouts))
    path = folder / f"rank-{os.environ.get('RANK', '0')}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as stream:
            end = stream.seek(0, os.SEEK_END)
            data = "".join(_unwritten).encode("utf-8", "replace")
            if stream.write(data) != len(data):
                stream.truncate(end)
                raise OSError(errno.ENOSPC, "only a part could be written", str(path))
    except OSError as error:
        _logger.warning("%d answers are not written yet: %s", len(_unwritten), error)
    else:
        _unwritten.clear()


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
