"""Estimates the GPU memory that training needs, without a GPU."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Bytes a parameter in mixed precision with AdamW: 2 for the bf16 weight, 2 for its gradient, and 12 for
# the fp32 copy, momentum and variance (Rajbhandari et al., ZeRO, arXiv 1910.02054, section 3.1).
_WEIGHT, _GRADIENT, _OPTIMIZER = 2, 2, 12
# Without DeepSpeed there is no fp32 copy: ms-swift 4.6 loads the weights in bf16, and torch's AdamW keeps
# both moments in the type of the weights. So say the types in a checkpoint's `optimizer.pt`.
_OPTIMIZER_IN_BF16 = 4
# What CUDA, NCCL and the allocator's fragments take, in bytes: a flat allowance.
_OVERHEAD = 4 * 1024**3


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes on one GPU: `states` for weights, gradients and optimizer; `activations` for one micro-batch."""

    states: int
    activations: int
    total: int


def estimate_memory(
    parameters: int,
    configuration: Mapping[str, Any],
    *,
    tokens: int,
    devices: int,
    zero_stage: int,
    trained_share: float = 1.0,
    pixels: int = 0,
) -> MemoryEstimate:
    """Estimate full or partial training in bf16 with gradient checkpointing.

    `tokens` are those of one micro-batch on one GPU, `pixels` those of its pictures; `trained_share` is the
    part of the parameters with gradients; where it is a part (LoRA), those are kept in fp32. ZeRO 2 spreads
    gradients and optimizer over the devices, ZeRO 3 the weights too (section 5 of the paper); without either
    AdamW's moments are in bf16. Activations: 2 bytes x tokens x width a layer is what full recomputation
    keeps, and one layer's 34 bytes x tokens x width at its peak (Korthikanti et al., arXiv 2205.05198,
    sections 4 and 5), and fp32 logits with their gradient. The vision tower's are the same of its patches.
    """
    text = configuration.get("text_config") or configuration
    width, layers = int(text.get("hidden_size", 4096)), int(text.get("num_hidden_layers", 32))
    vocabulary = int(text.get("vocab_size", 150_000))
    weights = _WEIGHT * parameters
    gradients = int(_GRADIENT * parameters * trained_share)
    each = _OPTIMIZER_IN_BF16 if zero_stage == 0 and trained_share == 1 else _OPTIMIZER
    optimizer = int(each * parameters * trained_share)
    if zero_stage >= 2:
        gradients, optimizer = gradients // devices, optimizer // devices
    if zero_stage == 3:
        weights //= devices
    kept = _layers(tokens, width, layers)
    if vision := configuration.get("vision_config"):
        patches = pixels // int(vision.get("patch_size", 16)) ** 2
        kept += _layers(patches, int(vision.get("hidden_size", 1152)), int(vision.get("depth", 27)))
    logits = (2 + 4 + 4) * tokens * vocabulary
    states, activations = weights + gradients + optimizer, kept + logits
    return MemoryEstimate(states, activations, states + activations + _OVERHEAD)


def _layers(tokens: int, width: int, layers: int) -> int:
    return 2 * tokens * width * layers + 34 * tokens * width
