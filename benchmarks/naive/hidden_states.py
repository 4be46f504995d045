"""DINOv2 as the published reward runs it: one forward a pair, the hidden states of all layers kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class HiddenStatesEncoder:
    """`dtype` is float32 as published, or another."""

    def __init__(self, folder: Path, device: str, dtype: torch.dtype = torch.float32) -> None:
        self._model = AutoModel.from_pretrained(folder, local_files_only=True).eval().to(device, dtype)
        self._device, self._dtype = device, dtype

    def encode(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the last hidden state's class token, shape (n, d), of uint8 RGB tiles (n, side, side, 3)."""
        values = torch.from_numpy(tiles).to(self._device).permute(0, 3, 1, 2).float() / 255
        mean, deviation = (
            torch.tensor(numbers, device=self._device).view(1, 3, 1, 1) for numbers in (_MEAN, _DEVIATION)
        )
        values = ((values - mean) / deviation).to(self._dtype)
        with torch.inference_mode():
            states = self._model(pixel_values=values, output_hidden_states=True).hidden_states
            features: NDArray[np.float32] = states[-1][:, 0].float().cpu().numpy()
        return features
