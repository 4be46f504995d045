"""Counts tokens as the model will: text by its own tokenizer, pictures by its processor's patches."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from pathlib import Path
from typing import Any

from vincicoder.train.environment import TrainerEnvironmentError
from vincicoder.train.launch import startup_folder

_COUNT_SECONDS = 600
# Roles, separators and the like around the texts of one exchange.
_TEMPLATE_TOKENS = 16

# Runs in the trainer's environment: this project's own need not hold transformers. That takes seconds to
# import, and is asked only where the model has no tokenizer file of the usual kind.
_COUNT = """
import json, pathlib, sys
asked = json.load(sys.stdin)
file = pathlib.Path(asked["model"], "tokenizer.json")
if file.is_file():
    from tokenizers import Tokenizer
    encoded = Tokenizer.from_file(str(file)).encode_batch(asked["texts"], add_special_tokens=False)
    counts = [len(text.ids) for text in encoded]
else:
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(asked["model"])
    counts = [len(ids) for ids in tokenizer(asked["texts"], add_special_tokens=False)["input_ids"]]
print("vincicoder-tokens " + json.dumps(counts))
"""


@dataclass(frozen=True, slots=True)
class LongRow:
    """A row that may be too long: its texts joined, and its picture's size in pixels."""

    sample_id: str
    text: str
    width: int
    height: int


def count_tokens(
    rows: Sequence[LongRow], model: Path, python: Path, min_pixels: int, max_pixels: int
) -> list[int]:
    """Return each row's length in tokens, its picture within these bounds in pixels.

    Raises TrainerEnvironmentError where the model's tokenizer can't be used.
    """
    asked = json.dumps({"model": str(model), "texts": [row.text for row in rows]})
    done = subprocess.run(
        [str(python), "-c", _COUNT],
        input=asked,
        env={"PYTHONPATH": str(startup_folder()), "HF_HUB_OFFLINE": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=_COUNT_SECONDS,
        check=False,
    )
    for line in done.stdout.splitlines():
        if line.startswith("vincicoder-tokens "):
            counts = json.loads(line.partition(" ")[2])
            cell = picture_cell(model)
            return [
                count + picture_tokens(row.width, row.height, cell, min_pixels, max_pixels) + _TEMPLATE_TOKENS
                for count, row in zip(counts, rows, strict=True)
            ]
    raise TrainerEnvironmentError(f"the tokenizer in {model} can't be used: {done.stderr.strip()[-300:]}")


def picture_cell(model: Path) -> int:
    """Return the side in pixels of what becomes one token: patch x merge, 32 for Qwen3-VL."""
    fields = _image_processor(model)
    return int(fields.get("patch_size", 16)) * int(fields.get("merge_size", 2))


def _image_processor(model: Path) -> dict[str, Any]:
    for name in ("processor_config.json", "preprocessor_config.json"):
        if (model / name).is_file():
            fields: dict[str, Any] = json.loads((model / name).read_text(encoding="utf-8"))
            found: dict[str, Any] = fields.get("image_processor", fields)
            return found
    return {}


def picture_tokens(width: int, height: int, cell: int, min_pixels: int, max_pixels: int) -> int:
    """Return the tokens of a picture: sides rounded to cells, then shrunk or enlarged into the bounds.

    The rule of Qwen's image processor (`smart_resize` in transformers' Qwen2-VL); bounds in pixels in all.
    """
    rows, columns = max(round(height / cell), 1), max(round(width / cell), 1)
    if rows * columns * cell * cell > max_pixels:
        shrink = sqrt(height * width / max_pixels)
        rows = max(floor(height / shrink / cell), 1)
        columns = max(floor(width / shrink / cell), 1)
    elif rows * columns * cell * cell < min_pixels:
        enlarge = sqrt(min_pixels / (height * width))
        rows, columns = ceil(height * enlarge / cell), ceil(width * enlarge / cell)
    return ceil(rows * columns)
