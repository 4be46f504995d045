"""How large each part is and how long it may take, on a GPU and where it is rehearsed on a CPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Settings:
    """`seconds` each part may take. `dino` is DINOv2's (width, layers, heads). `qwen` are the sizes that
    Qwen3-VL's configuration gets over the tiny model's; none keeps the tiny model."""

    name: str
    seconds: Mapping[str, int]
    dino: tuple[int, int, int]
    batches: tuple[int, ...]
    tiles: int
    pairs: int
    compile_backend: str
    matrix_side: int
    responses: int
    published_responses: int
    qwen: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sft_rows: int = 64
    sft_steps: int = 20
    sft_batch: int = 4
    grpo_steps: int = 5
    grpo_answers: int = 4
    grpo_tokens: int = 128
    sampled_rows: int = 4
    sampled_tokens: tuple[int, int] = (32, 160)
    min_pixels: int = 262_144
    max_pixels: int = 1_048_576
    max_length: int = 8_192


PARTS = ("encoder", "reward", "sft", "grpo", "sampling")

FULL = Settings(
    name="full",
    # 475 seconds together: a command under 8 minutes, whatever hangs.
    seconds={"machine": 25, "encoder": 110, "reward": 90, "sft": 150, "grpo": 70, "sampling": 30},
    dino=(1024, 24, 16),
    batches=(16, 64, 256),
    tiles=1024,
    pairs=200,
    compile_backend="inductor",
    matrix_side=8192,
    responses=2048,
    published_responses=128,
    qwen={  # those of Qwen3-VL-2B, 2.1 billion parameters
        "text": {
            "hidden_size": 2048,
            "intermediate_size": 6144,
            "num_hidden_layers": 28,
            "num_attention_heads": 16,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "max_position_embeddings": 32_768,
        },
        "vision": {
            "depth": 24,
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_heads": 16,
            "out_hidden_size": 2048,
            "num_position_embeddings": 2304,
            "deepstack_visual_indexes": [5, 11, 17],
        },
    },
)

REHEARSAL = Settings(
    name="rehearsal",
    seconds={"machine": 60, "encoder": 180, "reward": 180, "sft": 300, "grpo": 300, "sampling": 120},
    dino=(48, 2, 3),
    batches=(4, 8),
    tiles=16,
    pairs=12,
    compile_backend="eager",  # to compile takes longer than all else of the rehearsal
    matrix_side=256,
    responses=12,
    published_responses=4,
    sft_rows=16,
    sft_steps=6,
    sft_batch=2,
    grpo_steps=2,
    grpo_tokens=24,
    sampled_rows=2,
    sampled_tokens=(4, 12),
    min_pixels=4_096,
    max_pixels=50_176,
    max_length=2_048,
)
