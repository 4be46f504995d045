"""EfficientNet-Lite for a CPU: each convolution in one call with its normalisation and its activation.

The package's own forward pass runs the 1x1 convolutions outside oneDNN, the library that computes fast on a
CPU, and writes every layer out three more times (padding, normalisation, activation). Fused, a tile takes a
quarter to a third of the CPU time; features differ by rounding (3e-5 of values near 1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.utils.fusion import fuse_conv_bn_eval

_Layer = Callable[[torch.Tensor], torch.Tensor]


def fused_features(model: Any) -> _Layer:
    """Return the function of the model's `extract_features`: float32 (n, 3, side, side), channels last.

    `model` is an `efficientnet_lite_pytorch.EfficientNet` in eval mode on a CPU, made for that side.
    """
    stem = _fused(model._conv_stem, model._bn0, activate=True)
    blocks = [_block(block) for block in model._blocks]
    head = _fused(model._conv_head, model._bn1, activate=True)

    def forward(pictures: torch.Tensor) -> torch.Tensor:
        values = stem(pictures)
        for block in blocks:
            values = block(values)
        return head(values)

    return forward


def _block(block: Any) -> _Layer:
    """Fuse an inverted bottleneck (arXiv 1801.04381, section 3.3); the Lite models have no squeeze."""
    settings = block._block_args
    if block.has_se:
        raise ValueError("received a block with squeeze-and-excitation; the Lite models have none")
    layers = [_fused(block._expand_conv, block._bn0, activate=True)] if settings.expand_ratio != 1 else []
    layers.append(_fused(block._depthwise_conv, block._bn1, activate=True))
    layers.append(_fused(block._project_conv, block._bn2, activate=False))
    skips = (
        block.id_skip and settings.stride in (1, [1]) and settings.input_filters == settings.output_filters
    )

    def forward(values: torch.Tensor) -> torch.Tensor:
        before = values
        for layer in layers:
            values = layer(values)
        return values + before if skips else values

    return forward


def _fused(convolution: Any, normalisation: Any, activate: bool) -> _Layer:
    """Return one layer; ReLU6 is "hardtanh" from 0 to 6 in oneDNN's terms."""
    folded = fuse_conv_bn_eval(convolution, normalisation)
    weight = folded.weight.detach().to(memory_format=torch.channels_last)
    bias, stride, groups = folded.bias.detach(), list(folded.stride), folded.groups
    left, right, top, bottom = getattr(convolution.static_padding, "padding", (0, 0, 0, 0))
    even = left == right == top == bottom  # else TensorFlow's "same" padding of an even side
    inside = [top, left] if even else [0, 0]
    name, bounds = ("hardtanh", [0.0, 6.0]) if activate else ("none", [])
    # The operation that torch.compile itself emits for a convolution and its activation on a CPU.
    run = torch.ops.mkldnn._convolution_pointwise

    def forward(values: torch.Tensor) -> torch.Tensor:
        if not even:
            values = torch.nn.functional.pad(values, (left, right, top, bottom))
        result: torch.Tensor = run(values, weight, bias, inside, stride, [1, 1], groups, name, bounds, "")
        return result

    return forward
