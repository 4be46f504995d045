"""One row in the layouts of three trainers at once: verl 0.9, EasyR1, and ms-swift's GRPO."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

IMAGE_TAG = "<image>"


def rl_row(
    row: Mapping[str, Any], *, index: int, split: str, stratum: int, difficulty: float
) -> dict[str, Any]:
    """Return an RL row from a row of an SFT release.

    verl reads `data_source, prompt, images, ability, reward_model, extra_info`; EasyR1 `problem, answer,
    images`; ms-swift `messages, images` and hands all columns to the reward. The instruction must hold
    `<image>` once, for its one image: raises ValueError otherwise. `row["data"]` is its packed data, if any.
    """
    instruction = row["instruction"]
    if instruction.count(IMAGE_TAG) != 1:
        raise ValueError(
            f"sample {row['sample_id']}: the instruction holds {IMAGE_TAG} "
            f"{instruction.count(IMAGE_TAG)} times; once is needed, for its one image"
        )
    png = row["image"]["bytes"]
    reference = hashlib.sha256(png).hexdigest()
    stack = row.get("stack")
    turn = [{"role": "user", "content": instruction}]
    extra = {
        "index": index,
        "split": split,
        "sample_id": row["sample_id"],
        "language": row["language"],
        "domain": row["domain"],
        "task": row["task"],
        "stack": stack,
        "data": row.get("data") or "",
        "reference_sha256": reference,
    }
    return {
        "sample_id": row["sample_id"],
        "data_source": f"vincicoder/{row['domain']}",
        "prompt": turn,
        "images": [{"bytes": png, "path": row["image"]["path"]}],
        "ability": "image-to-code",
        "reward_model": {"style": "rule", "ground_truth": row["code"]},
        "extra_info": extra,
        "problem": instruction,
        "answer": answer_of(extra, row["code"]),
        "messages": turn,
        "language": row["language"],
        "stack": stack,
        "data": row.get("data") or "",
        "domain": row["domain"],
        "reference_sha256": reference,
        "difficulty": difficulty,
        "stratum": stratum,
        "image_width": row["image_width"],
        "image_height": row["image_height"],
        "source": row["source"],
        "license": row["license"],
    }


def answer_of(extra: Mapping[str, Any], code: str) -> str:
    """Return the column `answer`: EasyR1 hands no other to the reward, so it holds all that the reward needs,
    as JSON. `extra` is the row's `extra_info`."""
    needed = {
        name: extra[name] for name in ("language", "stack", "data", "reference_sha256") if extra.get(name)
    }
    return json.dumps({**needed, "code": code}, ensure_ascii=False)
