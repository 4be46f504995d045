"""Tiny vision models with random weights, for tests: real architectures, no download."""

from __future__ import annotations

from pathlib import Path


def save_tiny_dinov2(folder: Path, seed: int = 0) -> Path:
    """Write a DINOv2 with 32 channels and two layers (14-pixel patches, any tile size); return its folder."""
    from vincicoder.similarity.encoders import torchvision_cpu

    torchvision_cpu.install()
    import torch
    from transformers import Dinov2Config, Dinov2Model

    torch.manual_seed(seed)
    config = Dinov2Config(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=70, patch_size=14
    )
    model = Dinov2Model(config)
    for name, values in model.named_parameters():
        if "layernorm" in name:  # so that the feature before the final LayerNorm differs from the one after
            torch.nn.init.normal_(values, 1.0, 0.5)
    model.save_pretrained(folder)
    return folder
