"""Models of real sizes with random weights: speed, memory and numerics do not depend on what they learnt."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.gpu.part import Part
from vincicoder.similarity.encoders import torchvision_cpu

_SPREAD = 0.12  # of DINOv2's first weights: at the usual 0.02 all features are alike


def dino(part: Part) -> Path:
    """Return the folder of a DINOv2, made when it is first needed."""
    width, layers, heads = part.settings.dino

    def make(folder: Path) -> None:
        import torch
        import transformers

        configuration = transformers.Dinov2Config(
            hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
            image_size=518, patch_size=14, initializer_range=_SPREAD,
        )  # fmt: skip
        torch.manual_seed(0)
        with torch.device(part.device):
            model: Any = transformers.Dinov2Model(configuration)
        model.save_pretrained(folder)

    return _made(part, "dino", make)


def qwen(part: Part) -> Path:
    """Return the folder of a Qwen3-VL in bf16 with tokenizer and processor, made when it is first needed."""

    def make(folder: Path) -> None:
        import torch
        import transformers

        from vincicoder.train.tiny_model import make_tiny_model

        rows = pq.read_table(part.data / "sft.parquet", columns=["code"]).to_pylist()
        make_tiny_model(folder, [row["code"] for row in rows])
        classes: Any = transformers
        configuration = classes.Qwen3VLConfig.from_pretrained(folder)
        for name, sizes in part.settings.qwen.items():
            for field, value in sizes.items():
                setattr(getattr(configuration, f"{name}_config"), field, value)
        if "text" in part.settings.qwen:
            rope = {"rope_type": "default", "rope_theta": 5e6, "mrope_section": [24, 20, 20]}
            configuration.text_config.rope_parameters = {**rope, "mrope_interleaved": True}
        torch.manual_seed(0)
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.bfloat16)
        try:
            with torch.device(part.device):
                model = classes.Qwen3VLForConditionalGeneration(configuration)
        finally:
            torch.set_default_dtype(before)
        model.save_pretrained(folder)

    return _made(part, "qwen", make)


def _made(part: Part, name: str, make: Callable[[Path], None]) -> Path:
    folder = part.work / name
    if not folder.exists():
        torchvision_cpu.install()
        beside = part.work / f"{name}.new"
        shutil.rmtree(beside, ignore_errors=True)
        started = time.monotonic()
        make(beside)
        part.note(**{f"{name}_made_seconds": round(time.monotonic() - started, 1)})
        beside.replace(folder)
    return folder
