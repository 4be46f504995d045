"""Checkpoints as trainers leave them, small ones."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

_CONFIGURATION = {
    "architectures": ["Qwen3VLForConditionalGeneration"],
    "model_type": "qwen3_vl",
    "text_config": {"hidden_size": 8, "num_hidden_layers": 1, "vocab_size": 32},
}


def make_checkpoint(path: Path, step: int = 2, **configuration: object) -> Path:
    """Write a whole checkpoint of 35 parameters; `configuration` adds to its config.json."""
    from safetensors.numpy import save_file

    path.mkdir(parents=True)
    (path / "config.json").write_text(json.dumps({**_CONFIGURATION, **configuration}))
    save_file({"a": np.zeros((4, 8), np.float32), "b": np.zeros(3, np.float32)}, path / "model.safetensors")
    (path / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    for name in ("optimizer.pt", "scheduler.pt"):
        with zipfile.ZipFile(path / name, "w") as archive:
            archive.writestr("data.pkl", bytes(100))
    return path
